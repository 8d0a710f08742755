import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { SEED } from "./config.ts";
import { extensionTest } from "./extension-call.ts";
import { recordedSamples } from "./extension-recordings.ts";
import { endOf, nic, startOf, uuidOf } from "./machine-calls.ts";
import { SCRIPT } from "./plugin-process.ts";
import { PluginWorld } from "./plugin-world.ts";
import { seededRandom } from "./seeded-random.ts";

const world = new PluginWorld();
const hacked = join(world.directory, "hacked");
/** What a shell, a log, a URL or JSON would take for something of theirs. */
const HOSTILE = `$(touch ${hacked})\`touch ${hacked}\`;touch ${hacked}|&&>'"\\%s\\0{}[]<!--\u202e é 🦊`;
const LINES = `${HOSTILE}\n"payload":{"network_id":"9"}\r\n\t`;

function file(payload: unknown): string {
  return JSON.stringify({ "physical-network-extension-details": {}, payload });
}

extensionTest(
  "names and data of shell characters, quotes and line ends arrive as they are, and do nothing",
  async () => {
    const before = await world.uuids();
    const one = { ...nic(7, 1), hostname: HOSTILE, domain: HOSTILE };
    const data = [
      { dir: "userdata", file: "user_data", content: LINES },
      { dir: "metadata", file: HOSTILE, content: LINES },
      { dir: "password", file: "vm_password", content: LINES },
    ];
    await world.sendAll([
      ["implement-network", one],
      ["prepare-nic", one],
      ["config-dns-subnet", one],
      ["add-dns-entry", one],
      ["save-vm-data", { ...one, vm_data: data }],
      ["save-sshkey", { ...one, sshkey: LINES }],
    ]);
    const vmi = await world.vnc.read("virtual-machine-interface", uuidOf("c", 7_001));
    expect(vmi.display_name).toBe(HOSTILE);
    const annotations = JSON.stringify(vmi.annotations);
    expect(annotations).toContain(JSON.stringify(LINES).slice(1, -1));
    expect(annotations).toContain(Buffer.from(LINES).toString("base64"));
    for (const field of ["hostname", "domain"]) {
      const refused = await world.send(["prepare-nic", { ...one, [field]: "a\nb" }]);
      expect(refused.status, field).toMatch(/^cloudstack\.bad_request/);
    }
    await world.sendAll(endOf(7, 1));
    expect(await world.uuids()).toEqual(before);
    expect(existsSync(hacked)).toBe(false);
  },
);

extensionTest.each([`a'b"c $(touch hacked);\n.json`, "-K.json", "@payload", "--output", "a b;c|d&e"])(
  "a payload file named %j is read as it is",
  (name) => {
    const folder = join(world.directory, "files");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), file({ network_id: "1" }));
    for (const path of [name, join(folder, name)]) {
      const { status, stdout, stderr } = spawnSync("/bin/sh", [SCRIPT, "ensure-network-device", path, "60"], {
        cwd: folder,
        env: { PATH: "/usr/bin:/bin", OPENCONTRAIL_PLUGIN: world.plugin.socket },
        encoding: "utf8",
      });
      expect({ status, stderr, answer: JSON.parse(stdout).status }).toEqual({
        status: 0,
        stderr: "",
        answer: "success",
      });
    }
    expect(existsSync(join(folder, "hacked"))).toBe(false);
  },
);

extensionTest.each(["prepare-nic$(id)", "../status", "a b", "prepare-nic\nx", "-h", "é", "", "x".repeat(5_000)])(
  "a command named %j is refused",
  (command) => {
    const path = join(world.directory, "payload");
    writeFileSync(path, file(nic(1, 1)));
    const { status, stdout, stderr } = spawnSync("/bin/sh", [SCRIPT, command, path, "60"], {
      env: { PATH: "/usr/bin:/bin", OPENCONTRAIL_PLUGIN: world.plugin.socket },
      encoding: "utf8",
    });
    expect({ status, stderr, answer: JSON.parse(stdout).status }).toEqual({ status: 1, stderr: "", answer: "error" });
  },
);

const MIB = 1024 * 1024;
const one = nic(6, 1);
const BAD: readonly (readonly [name: string, file: string | Buffer])[] = [
  ["null", "null"],
  ["a list", "[]"],
  ["no payload", "{}"],
  ["a payload that is a list", file([])],
  ["half a file", file(one).slice(0, -10)],
  ["two files", file(one) + file(one)],
  ["a mark of byte order in the middle", `{\ufeff${file(one).slice(1)}`],
  ["UTF-16", Buffer.from(file(one), "utf16le")],
  [
    "broken UTF-8",
    Buffer.concat([Buffer.from('{"payload":{"network_id":"6","hostname":"'), Buffer.from([0xc3, 0x28])]),
  ],
  ["zero bytes", Buffer.alloc(100)],
  ["no network", file({ ...one, network_id: undefined })],
  ["no NIC", file({ ...one, nic_id: undefined })],
  ["no nic_uuid", file({ ...one, nic_uuid: undefined })],
  ["a network of twenty digits", file({ ...one, network_id: "9".repeat(20) })],
  ["a negative network", file({ ...one, network_id: -1 })],
  ["a number beyond a number", file(one).replace('"6"', "1e999")],
  ["a number of a thousand digits", file(one).replace('"6"', "9".repeat(1_000))],
  ["an object for an address", file({ ...one, ip: { toString: "x" } })],
  ["an IPv6 address", file({ ...one, ip: "2001:db8::1" })],
  ["a group MAC address", file({ ...one, mac: "zz:00:00:00:00:01" })],
  ["a name of a megabyte", file({ ...one, hostname: "x".repeat(MIB) })],
  ["half a surrogate pair in a name", file(one).replace("vm-6001", "\\ud800")],
  ["513 items", file({ ...one, vm_data: Array(513).fill({ dir: "d", file: "f", content: "" }) })],
  ["a key twice", file(one).replace("{", '{"payload":{"network_id":"1"},')],
  ["a prototype", file(one).replace('"network_id"', '"__proto__":{"nic_uuid":null},"network_id"')],
  ["a million lists in lists", file(one).replace('"6"', "[".repeat(MIB))],
  ["objects in objects", file(one).replace('"6"', `${'{"a":'.repeat(100)}1${"}".repeat(100)}`)],
  ["9 MiB", file({ ...one, userdata: "x".repeat(9 * MIB) })],
  ["100 MiB", Buffer.alloc(100 * MIB, "a")],
];

describe("a payload of", () => {
  extensionTest.each(BAD)("%s is refused in one object and changes nothing", async (_name, payload) => {
    const before = await world.effects();
    const { exit, status } = await world.sendFile("prepare-nic", payload);
    expect(exit).toBe(1);
    expect(status).toMatch(/^(cloudstack|vnc)\.(bad_request|too_large): /);
    expect(await world.effects()).toBe(before);
  });
});

extensionTest(
  "an address outside its network is refused, and nothing of it is left when the network goes",
  async () => {
    const before = await world.uuids();
    const { exit, status } = await world.send(["prepare-nic", { ...one, ip: "192.0.2.1" }]);
    expect(exit).toBe(1);
    expect(status).toMatch(/^vnc\.bad_request: .*192\.0\.2\.1/);
    await world.sendAll([["destroy-network", one]]);
    expect(await world.uuids()).toEqual(before);
  },
);

/** Values that no field expects. */
const ODD: readonly unknown[] = [
  ...[null, true, false, -1, 0, 1.5, 2 ** 53, 1e300, "", " ", "null", "-1", "0x10", "1e3", LINES, "x".repeat(70_000)],
  ...[
    [],
    {},
    [[]],
    [{}],
    [null],
    { length: 5 },
    "255.255.255.255",
    "0.0.0.0",
    "10.1.1.0/33",
    "::1",
    "ff:ff:ff:ff:ff:ff",
  ],
  ...["00000000-0000-0000-0000-000000000000", "constructor", "\u0000", "\ud800", "true", ["a", "b"]],
];

/** A payload file with one to three values of its payload, at any depth, in place of others. */
function mutated(text: string, random: () => number): string {
  const whole = JSON.parse(text) as { payload?: JsonObject }; // A recorded file.
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const walk = (holder: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(holder)) {
      places.push({ holder, key });
      if (typeof value === "object" && value !== null) walk(value as Record<string, unknown>); // Objects and lists alike.
    }
  };
  walk((whole.payload ?? {}) as Record<string, unknown>); // A parsed object of its own.
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    const place = pick(places);
    if (place !== undefined) place.holder[place.key] = pick(ODD);
  }
  return JSON.stringify(whole);
}

test("recorded payloads with odd values anywhere are done or refused, and none is a fault of the plugin", async () => {
  const samples = recordedSamples();
  const random = seededRandom(SEED);
  const codes = new Map<string, number>();
  for (let round = 0; round < 1_500; round++) {
    const { command, file: text } = samples[round % samples.length] ?? { command: "", file: "{}" };
    const payload = mutated(text, random);
    const { text: answer } = await world.post(command, payload);
    const { status, code = "success" } = JSON.parse(answer) as { status: string; code?: string }; // Flat strings.
    expect(["success", "error"]).toContain(status);
    expect(code, `${command}: ${payload}`).not.toBe("internal");
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  process.stdout.write(`odd values from seed ${SEED}: ${JSON.stringify(Object.fromEntries(codes))}\n`);
  expect(codes.get("success")).toBeGreaterThan(50);
  expect(codes.get("cloudstack.bad_request")).toBeGreaterThan(50);
});

extensionTest("and after all that a machine starts and ends as ever", async () => {
  await world.sendAll([...startOf(50, 1), ...endOf(50, 1)]);
});
