import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { object } from "./agent-world.model.ts";
import { metadataAnswer, passwordAnswer } from "./guest-answer.ts";
import { type GuestData, guestData } from "./guest-data.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
/** As the extension's save-vm-data of CloudStack 4.23 has it. */
const VM_DATA = [
  ["userdata", "user_data", "#cloud-config\nhostname: one\n"],
  ["metadata", "service-offering", "Small Instance"],
  ["metadata", "availability-zone", "zone1"],
  ["metadata", "local-hostname", "vm1"],
  ["metadata", "local-ipv4", "10.1.1.249"],
  ["metadata", "public-ipv4", "10.1.1.249"],
  ["metadata", "public-hostname", ""],
  ["metadata", "instance-id", "ce20ad6b-e0e2-4e2e-94d9-059e5c732641"],
  ["metadata", "vm-id", "ce20ad6b-e0e2-4e2e-94d9-059e5c732641"],
  ["metadata", "public-keys", "ssh-ed25519 AAAAC3Nz one\n"],
  ["metadata", "cloud-identifier", "CloudStack-{b2a1822d-2582-4610-a2bb-341587944242}"],
  ["password", "vm_password", "s3cret"],
  ["metadata", "hypervisor-host-name", ""],
].map(([dir = "", file = "", content = ""]) => ({ dir, file, content: base64(content) }));

function dataOf(pairs: Readonly<Record<string, string>>): GuestData {
  const key_value_pair = Object.entries(pairs).map(([key, value]) => ({ key, value }));
  return guestData(object("virtual-machine-interface", "vmi", { properties: { annotations: { key_value_pair } } }));
}

const DATA = dataOf({ "cloudstack.vm-data": JSON.stringify(VM_DATA) });
const get = (target: string, data = DATA): string => {
  const { status, body } = metadataAnswer("GET", target, data);
  return `${status} ${Buffer.from(body).toString()}`;
};

describe("metadata", () => {
  test.each(["", "/latest"])("is below %s/ as on CloudStack's virtual router", (root) => {
    expect(get(`${root}/user-data`)).toBe("200 #cloud-config\nhostname: one\n");
    expect(get(`${root}/meta-data/`)).toBe(
      "200 service-offering\navailability-zone\nlocal-hostname\nlocal-ipv4\npublic-ipv4\ninstance-id\nvm-id\npublic-keys\ncloud-identifier\n",
    );
    expect(get(`${root}/meta-data/instance-id`)).toBe("200 ce20ad6b-e0e2-4e2e-94d9-059e5c732641");
    expect(get(`${root}/local-hostname`)).toBe("200 vm1");
  });

  test.each(["/latest/meta-data/vm-id/", "/LATEST/Meta-Data/VM-ID", "/latest//meta-data/vm-id", "/latest/vm-id?a=b"])(
    "has an item at %s too",
    (target) => expect(get(target)).toBe("200 ce20ad6b-e0e2-4e2e-94d9-059e5c732641"),
  );

  test.each(["/latest/user-data/", "/user-data?x"])("has user data at %s too", (target) =>
    expect(get(target)).toMatch(/^200 #cloud/),
  );

  test("lists the roots", () => {
    expect(get("/")).toBe("200 latest/\n");
    expect(get("/latest/")).toBe("200 meta-data/\nuser-data\n");
    expect(get("/latest/meta-data")).toBe(get("/latest/meta-data/"));
  });

  test.each([
    "/latest/meta-data/public-hostname", // empty
    "/latest/meta-data/vm_password",
    "/latest/vm_password",
    "/latest/password/vm_password",
    "/latest/meta-data/../password/vm_password",
    "/latest/meta-data/__proto__",
    "/latest/meta-data/vm-id/more",
    "/latest/user-data/more",
    "/latest/latest/vm-id",
    "/latest/meta-data/vm%2did",
    `/latest/meta-data/${"a".repeat(10_000)}`,
  ])("has nothing at %s", (target) => expect(get(target)).toBe("404 not found\n"));

  test("of an interface without annotations is 404, and its list too", () => {
    const none = dataOf({});
    expect(get("/latest/meta-data/", none)).toMatch(/^404/);
    expect(get("/latest/user-data", none)).toMatch(/^404/);
  });

  test("user data is given byte by byte", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const content = Buffer.from(bytes).toString("base64");
    const data = dataOf({ "cloudstack.vm-data": JSON.stringify([{ dir: "userdata", file: "user_data", content }]) });
    expect(metadataAnswer("GET", "/latest/user-data", data).body).toEqual(bytes);
  });

  test("another method is refused", () => {
    expect(metadataAnswer("PUT", "/latest/vm-id", DATA).status).toBe(405);
    expect(metadataAnswer("HEAD", "/latest/vm-id", DATA).status).toBe(200);
  });

  test("no path throws, and none shows the password", () => {
    const piece = fc.oneof(
      fc.constantFrom("latest", "meta-data", "user-data", "password", "vm_password", "..", "", "?", "%2e"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.string(), fc.array(piece), (method, pieces) => {
        for (const target of [pieces.join("/"), `/${pieces.join("/")}`])
          expect(Buffer.from(metadataAnswer(method, target, DATA).body).toString()).not.toContain("s3cret");
      }),
    );
  });

  test("no annotation throws", () => {
    const json = fc.oneof(
      fc.json(),
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify([value, VM_DATA[0]])),
    );
    fc.assert(
      fc.property(json, fc.string(), (text, password) => {
        const data = dataOf({ "cloudstack.vm-data": text, "cloudstack.password": password });
        expect(metadataAnswer("GET", "/latest/meta-data/", data).status).toBeOneOf([200, 404]);
      }),
    );
  });
});

describe("the password", () => {
  const ask = (request: string | undefined, password: string): string => {
    const { status, body } = passwordAnswer(request, password);
    return `${status} ${Buffer.from(body).toString()}`;
  };

  test("is answered as by CloudStack's password server", () => {
    expect(ask("send_my_password", "s3cret")).toBe("200 s3cret");
    expect(ask("send_my_password", "")).toBe("200 saved_password");
    expect(ask("saved_password", "s3cret")).toBe("200 saved_password");
    expect(ask("save_password", "s3cret")).toBe("400 bad_request");
    expect(ask(undefined, "s3cret")).toBe("400 bad_request");
  });

  test("of its own annotation counts before the one in the list", () => {
    expect(DATA.password).toBe("s3cret");
    const list = { "cloudstack.vm-data": JSON.stringify(VM_DATA) };
    expect(dataOf({ ...list, "cloudstack.password": "newer" }).password).toBe("newer");
    expect(dataOf({ ...list, "cloudstack.password": "" }).password).toBe("");
    expect(dataOf({ "cloudstack.password": "saved_password" }).password).toBe("");
  });
});
