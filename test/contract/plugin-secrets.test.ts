import { randomUUID } from "node:crypto";
import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { extensionTest } from "./extension-call.ts";
import { recordedSequence } from "./extension-recordings.ts";
import { nic, startOf, uuidOf } from "./machine-calls.ts";
import { PluginWorld } from "./plugin-world.ts";

const world = new PluginWorld(["--log-level", "debug"]);
const { node, plugin, proxy, vnc } = world;

/** Fields whose values are a machine's own affair. */
const SECRET_FIELDS = new Set(["password", "userdata", "sshkey", "content"]);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const secrets: string[] = [];
/** Every text that CloudStack was answered. */
const answers: string[] = [];

/** A text that stands nowhere else. */
function secret(): string {
  const text = `hidden-${randomUUID().replaceAll("-", "")}`;
  secrets.push(text);
  return text;
}

/** A payload with a secret in each field that may hold one. */
function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const hides = SECRET_FIELDS.has(key) && typeof inner === "string" && !UUID.test(inner);
    return [key, hides ? secret() : withSecrets(inner)];
  });
  return Object.fromEntries(entries);
}

/** A payload file whose registration has a password too. */
function fileOf(payload: unknown): string {
  return JSON.stringify({ "physical-network-extension-details": { "api-password": secret() }, payload });
}

async function post(command: string, body: string | Buffer): Promise<string> {
  const { text } = await world.post(command, body);
  answers.push(text);
  return (JSON.parse(text) as { status: string; code?: string }).code ?? "success"; // Flat strings.
}

test("the whole recorded sequence is sent, with a secret wherever one can be", async () => {
  for (const { command, file } of recordedSequence().calls) {
    const { payload, ...rest } = JSON.parse(file) as JsonObject; // A recorded file.
    await post(command, JSON.stringify({ ...rest, ...(JSON.parse(fileOf(withSecrets(payload))) as JsonObject) }));
  }
  expect(secrets.length).toBeGreaterThan(500);
});

/** A NIC's payload with everything that hides. */
function full(): JsonObject {
  const data = [
    { dir: "metadata", file: "instance-id", content: uuidOf("d", 61_001) },
    { dir: "password", file: "vm_password", content: secret() },
    { dir: "userdata", file: "user_data", content: secret() },
  ];
  return { ...nic(61, 1), vm_data: data, password: secret(), userdata: secret(), sshkey: secret() };
}

/** The key is one that hides something. */
function keyTwice(file: string): string {
  const key = secret();
  return file.replace("{", `{"${key}":1,"${key}":2,`);
}

const COMMANDS = ["prepare-nic", "save-vm-data", "save-password", "save-userdata", "save-sshkey", "apply-fw-rules"];

extensionTest("payloads that are wrong, each in its own way, are refused with what hides in them", async () => {
  const one = full();
  const wrong: readonly (string | Buffer)[] = [
    fileOf(one).slice(0, -3),
    `${fileOf(one)}${secret()}`,
    secret(),
    `"${secret()}"`,
    fileOf({ ...one, network_id: secret() }),
    fileOf({ ...one, nic_id: secret() }),
    fileOf({ ...one, nic_uuid: secret() }),
    fileOf({ ...one, mac: secret() }),
    fileOf({ ...one, ip: secret() }),
    fileOf({ ...one, default_nic: secret() }),
    fileOf({ ...one, hostname: `${secret()}\n` }),
    fileOf({ ...one, password: [secret()] }),
    fileOf({ ...one, userdata: { [secret()]: secret() } }),
    fileOf({ ...one, vm_data: secret() }),
    fileOf({ ...one, vm_data: [{ dir: secret().repeat(9), file: secret(), content: secret() }] }),
    fileOf({ ...one, vm_data: [{ [secret()]: secret() }] }),
    fileOf({ ...one, password: `${secret()}\ud800` }),
    keyTwice(fileOf(one)),
    Buffer.concat([Buffer.from(fileOf(one)), Buffer.from([0xff])]),
  ];
  for (const command of COMMANDS) {
    for (const file of wrong) expect(await post(command, file), command).not.toBe("success");
  }
  const { status } = await world.sendFile("save-userdata", fileOf({ ...one, userdata: secret().repeat(250_000) }));
  answers.push(status);
  expect(status).toMatch(/^cloudstack\.too_large/);
});

extensionTest("commands fail in the middle, without the configuration node, and by a fault inside", async () => {
  for (let write = 0; write < 4; write++) {
    proxy.cutAt(write, write % 2 === 0);
    await post("save-vm-data", fileOf(full()));
  }
  proxy.cutAt(undefined);
  for (const [command] of startOf(61, 1)) await post(command, fileOf({ ...full(), restore_data: { vms: [full()] } }));
  // Data that the plugin did not write itself: the runtime's own text would quote them.
  const broken = {
    key_value_pair: [
      { key: "cloudstack.vm-data", value: secret() },
      { key: "cloudstack.nic-state", value: "prepared" },
    ],
  };
  await vnc.update("virtual-machine-interface", uuidOf("c", 61_001), { annotations: broken });
  expect(await post("save-userdata", fileOf(full()))).toBe("internal");
  expect(plugin.log).toMatch(/"reason":"a fault inside the plugin \(SyntaxError\)".*vm-data\.ts/);
  await vnc.update("virtual-machine-interface", uuidOf("c", 61_001), { annotations: { key_value_pair: [] } });
  expect(await post("save-password", fileOf(full()))).toBe("cloudstack.conflict");
  await node.kill();
  for (const command of COMMANDS) {
    const { status } = await world.sendFile(command, fileOf(full()));
    answers.push(status);
    expect(status).toMatch(/^(vnc\.unavailable|cloudstack\.unsupported)/);
  }
  await node.run();
});

extensionTest("nothing that hid is in a log, an answer, the status, the events or the metrics", async () => {
  const told = {
    "the plugin's log": plugin.log,
    "the configuration node's log": node.log,
    "the answers": answers.join("\n"),
    "the status": await plugin.ask(plugin.controlSocket, "/status"),
    "the events": await plugin.ask(plugin.controlSocket, "/events?limit=1000"),
    "the metrics": await plugin.ask(plugin.introspectSocket, "/metrics"),
    introspect: await plugin.ask(plugin.introspectSocket, "/status"),
  };
  for (const [where, text] of Object.entries(told)) {
    expect(text.length, where).toBeGreaterThan(20);
    const found = secrets.filter((one) => text.includes(one) || text.includes(base64Of(one)));
    expect(found, where).toEqual([]);
    expect(text, where).not.toMatch(/hidden-|ssh-public-key|vm-password/);
  }
  expect(told["the events"]).toContain('"code":"internal"');
  process.stdout.write(`${secrets.length} secrets, ${answers.length} answers, ${plugin.log.length} bytes of log\n`);
});

test("what hid was really there: the configuration has what was sent last", async () => {
  await post("prepare-nic", fileOf(nic(62, 1)));
  const password = secret();
  expect(await post("save-password", fileOf({ ...nic(62, 1), password }))).toBe("success");
  const vmi = await vnc.read("virtual-machine-interface", uuidOf("c", 62_001));
  expect(JSON.stringify(vmi.annotations)).toContain(password);
});

/** The middle of a text in base64, wherever it may stand in a longer one. */
function base64Of(text: string): string {
  return Buffer.from(text).toString("base64").slice(0, 24);
}
