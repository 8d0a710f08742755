import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ebpfMissing } from "./ebpf-needs.ts";
import { GuestLab, HOST } from "./guest-lab.ts";
import { GATEWAY, GUESTS, type Guest, guestObjects, NAME_SERVER } from "./guest-world.ts";
import { eventually, type LabMode } from "./lab.ts";
import { type LabEngine, script } from "./overlay-lab.ts";

const root = process.getuid?.() === 0;
const WAYS: readonly (readonly [LabEngine, LabMode])[] = [
  ["typescript", "user"],
  ...(root && ebpfMissing === undefined ? [["ebpf", "root"] as const] : []),
];
if (WAYS.length === 1) process.stderr.write(`guest services on eBPF are skipped: ${ebpfMissing ?? "not root"}\n`);
/** A name server of the outside, as the host has one. */
const RESOLVER = "172.30.1.2";
const METADATA = "169.254.169.254";

describe.each(WAYS)("machines on the %s data plane, namespaces of %s", (engine, mode) => {
  let guests: GuestLab;
  const [a, b, c] = GUESTS as readonly [Guest, Guest, Guest]; // There are three.

  /** Status and body that a machine gets. */
  const get = (guest: Guest, url: string, ...header: readonly string[]): Promise<string> =>
    guests.inside(guest, process.execPath, script("guest-client-main.ts"), url, ...header);

  /** What a name server answers a machine, by UDP and by TCP. */
  const resolve = (guest: Guest, server: string, name: string): Promise<string> =>
    guests.inside(guest, process.execPath, script("dns-client-main.ts"), server, name);

  beforeAll(async () => {
    guests = await GuestLab.open(mode, engine, ["--resolvers", RESOLVER]);
    guests.lab.start(HOST, process.execPath, script("dns-outside-main.ts"), RESOLVER);
  });

  afterAll(() => guests?.close());

  test.each([METADATA, GATEWAY])("each reads its own metadata at %s, also where addresses are the same", async (at) => {
    for (const guest of GUESTS) {
      expect(await get(guest, `http://${at}/latest/meta-data/instance-id`)).toBe(`200 id-of-${guest.name}`);
    }
    expect(await get(b, `http://${at}/latest/meta-data/`)).toBe(
      "200 instance-id\nlocal-hostname\nlocal-ipv4\npublic-keys\n",
    );
  });

  test("200 kB of user data arrive whole", async () => {
    const userData = await get(a, `http://${METADATA}/latest/user-data`);
    expect(userData).toBe(`200 #cloud-config\nhostname: ${a.name}\n${"# padding\n".repeat(20_000)}`);
  });

  test("a machine fetches its password once, and the new one after a reset", async () => {
    const ask = (guest: Guest, what: string): Promise<string> =>
      get(guest, `http://${GATEWAY}:8080/`, "DomU_Request", what);
    expect(await ask(a, "send_my_password")).toBe(`200 secret-${a.name}`);
    expect(await ask(a, "saved_password")).toBe("200 saved_password");
    expect(await ask(a, "send_my_password")).toBe("200 saved_password");
    expect(await ask(b, "send_my_password")).toBe(`200 secret-${b.name}`);
    guests.configure(guestObjects(a, "another", 2n));
    await eventually("the new password is there", async () => (await ask(a, "send_my_password")) === "200 another");
  });

  test("machines of one network resolve each other, by UDP and TCP, and no machine of another", async () => {
    for (const [guest, name, answer] of [
      [a, "oct-guest-c", c.address],
      [c, `oct-guest-a.red.example`, a.address],
      [c, "oct-guest-b", "NXDOMAIN"],
      [b, "oct-guest-b.blue.example", b.address],
      [b, "oct-guest-a", "NXDOMAIN"],
      [b, "data-server", GATEWAY],
    ] as const) {
      for (const server of [NAME_SERVER, GATEWAY])
        expect([name, await resolve(guest, server, name)]).toEqual([name, `${answer} ${answer}`]);
    }
    expect(await resolve(a, NAME_SERVER, "23.1.1.10.in-addr.arpa")).toBe(
      "oct-guest-c.red.example oct-guest-c.red.example",
    );
    expect(await resolve(b, NAME_SERVER, "23.1.1.10.in-addr.arpa")).toBe("NXDOMAIN NXDOMAIN");
  });

  test("names of the outside come from the host's resolver, also long answers", async () => {
    expect(await resolve(a, NAME_SERVER, "www.example.org")).toBe("192.0.2.80 192.0.2.80");
    expect(await resolve(b, NAME_SERVER, "long.example.org")).toBe("truncated 200 addresses");
  });

  test("a machine that floods every service keeps no other from its own", async () => {
    const flood = guests.lab.start(b.name, process.execPath, script("guest-flood-main.ts"), METADATA);
    await once(flood.stdout ?? flood, "data");
    for (let time = 0; time < 5; time++) {
      expect(await get(a, `http://${METADATA}/latest/instance-id`)).toBe(`200 id-of-${a.name}`);
      expect(await resolve(c, NAME_SERVER, a.name)).toBe(`${a.address} ${a.address}`);
    }
    flood.kill("SIGKILL");
    await once(flood, "exit");
    await eventually("the machine itself is served again", async () =>
      (await get(b, `http://${METADATA}/latest/instance-id`)).startsWith("200"),
    );
  });

  test("no other port of the host, and nothing but services, is reached", async () => {
    guests.lab.start(HOST, process.execPath, script("tcp-peer.ts"), "sink", "9999");
    const closed = ["169.254.159.254:8097", `${METADATA}:8097`, "169.254.128.2", `${METADATA}:9999`, `${GATEWAY}:9999`];
    const answers = await Promise.all(closed.map((at) => get(c, `http://${at}/`)));
    expect(answers).toEqual(closed.map(() => "no answer"));
  });

  test("nobody but machines reaches the agent's sockets", async () => {
    await guests.lab.must(HOST, "ip", "addr", "add", "169.254.128.1/32", "dev", "lo");
    const client = [process.execPath, script("guest-client-main.ts"), "--from", "169.254.128.1"];
    const answer = await guests.lab.must(HOST, ...client, "http://169.254.159.254:8097/latest/instance-id");
    expect(answer).toMatch(/^(ECONNREFUSED|no answer)$/);
    await guests.lab.must(HOST, "ip", "addr", "del", "169.254.128.1/32", "dev", "lo");
    expect(await get(a, `http://${METADATA}/latest/instance-id`)).toBe(`200 id-of-${a.name}`);
  });

  test("nothing that a machine reads is in a log or a file of the agent", () => {
    const traces = guests.traces();
    expect(traces).toContain("serving");
    for (const secret of ["secret-", "another", "cloud-config", "ssh-ed25519"]) {
      expect(traces).not.toContain(secret);
      expect(traces).not.toContain(Buffer.from(secret).toString("base64").slice(0, 8));
    }
  });

  test("a machine that uses another's address gets nothing of it", async () => {
    await guests.inside(c, "ip", "addr", "add", `${a.address}/32`, "dev", "lo");
    const client = [process.execPath, script("guest-client-main.ts"), "--from", a.address];
    expect(await guests.inside(c, ...client, `http://${METADATA}/latest/instance-id`)).toBe("no answer");
    await guests.inside(c, "ip", "addr", "del", `${a.address}/32`, "dev", "lo");
    expect(await get(c, `http://${METADATA}/latest/instance-id`)).toBe(`200 id-of-${c.name}`);
  });
});
