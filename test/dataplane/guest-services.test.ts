import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ebpfMissing } from "./ebpf-needs.ts";
import { GuestLab, HOST } from "./guest-lab.ts";
import { GATEWAY, GUESTS, type Guest, guestObjects } from "./guest-world.ts";
import { eventually, type LabMode } from "./lab.ts";
import { type LabEngine, script } from "./overlay-lab.ts";

const root = process.getuid?.() === 0;
const WAYS: readonly (readonly [LabEngine, LabMode])[] = [
  ["typescript", "user"],
  ...(root && ebpfMissing === undefined ? [["ebpf", "root"] as const] : []),
];
if (WAYS.length === 1) process.stderr.write(`guest services on eBPF are skipped: ${ebpfMissing ?? "not root"}\n`);
const METADATA = "169.254.169.254";

describe.each(WAYS)("machines on the %s data plane, namespaces of %s", (engine, mode) => {
  let guests: GuestLab;
  const [a, b, c] = GUESTS as readonly [Guest, Guest, Guest]; // There are three.

  /** Status and body that a machine gets. */
  const get = (guest: Guest, url: string, ...header: readonly string[]): Promise<string> =>
    guests.inside(guest, process.execPath, script("guest-client-main.ts"), url, ...header);

  beforeAll(async () => {
    guests = await GuestLab.open(mode, engine);
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

  test("no other port of the host, and nothing but services, is reached", async () => {
    guests.lab.start(HOST, process.execPath, script("tcp-peer.ts"), "sink", "9999");
    for (const at of [
      `${METADATA}:9999`,
      `${GATEWAY}:9999`,
      `${METADATA}:8097`,
      "169.254.159.254:8097",
      "169.254.128.2",
    ])
      expect(await get(c, `http://${at}/`)).toMatch(/^(ETIMEDOUT|EHOSTUNREACH|ECONNREFUSED|no answer)/);
  });

  test("a machine that uses another's address gets nothing of it", async () => {
    await guests.inside(c, "ip", "addr", "add", `${a.address}/32`, "dev", "lo");
    const client = [process.execPath, script("guest-client-main.ts"), "--from", a.address];
    expect(await guests.inside(c, ...client, `http://${METADATA}/latest/instance-id`)).toBe("no answer");
    await guests.inside(c, "ip", "addr", "del", `${a.address}/32`, "dev", "lo");
    expect(await get(c, `http://${METADATA}/latest/instance-id`)).toBe(`200 id-of-${c.name}`);
  });
});
