import { afterAll, beforeAll, expect, test } from "vitest";
import { ExtensionCloud } from "./extension-cloud.ts";
import type { Body } from "./signed-client.ts";

let cloud: ExtensionCloud;
let commands: readonly Body[];
/** A thing of each kind that uuids may name, so that calls come further than the first check. */
let things: readonly string[];

beforeAll(async () => {
  cloud = await ExtensionCloud.start();
  commands = (await cloud.admin.call("listApis")).api as readonly Body[];
  const machine = await cloud.deploy("m", [await cloud.network("n", 970)]);
  const [nic] = machine.nic as readonly Body[];
  things = [
    cloud.zone,
    cloud.offering,
    cloud.extension,
    String(machine.id),
    String(nic?.id),
    String(nic?.networkid),
    String(machine.domainid),
  ];
});

afterAll(() => cloud?.process.stop());

const TEXTS = [
  "",
  "x",
  "-1",
  "99999999999999999999",
  "true",
  "a,b,,c",
  `'"<>&;$(id)\`\n\u0000\u{1f600}`,
  "__proto__",
  "../../etc",
  "é".repeat(5_000),
];
/** Calls that end what the others need, or all that is there. */
const SPARED = /^(logout|deleteAccount|deleteDomain|deleteUser|disableAccount|unregisterExtension|deleteExtension)$/;

test("no command fails inside, whatever its parameters are, and the cloud goes on", { timeout: 170_000 }, async () => {
  let calls = 0;
  const bad: string[] = [];
  for (const { name, params } of commands) {
    if (SPARED.test(String(name))) continue;
    const names = (params as readonly Body[]).map((parameter) => String(parameter.name));
    for (const value of [...TEXTS, ...things]) {
      const maps = {
        "tags[0].key": value,
        "details[0].key": value,
        "parameters[0].name": value,
        "iptonetworklist[0].networkid": value,
        "x[99999999].y": value,
      };
      const given = { ...Object.fromEntries(names.map((parameter) => [parameter, value])), ...maps };
      delete (given as Record<string, string>).page;
      delete (given as Record<string, string>).pagesize;
      const { status, text } = await cloud.admin.send({ ...given, command: String(name), response: "json" }, "POST");
      calls += 1;
      if (text.includes("Internal error") || ![200, 431, 530, 531, 533, 535, 537].includes(status)) {
        bad.push(`${String(name)} with ${JSON.stringify(value.slice(0, 40))}: ${status} ${text.slice(0, 200)}`);
      }
    }
  }
  process.stderr.write(`hostile: ${calls} calls of ${commands.length} commands\n`);
  expect(bad).toEqual([]);
  expect(await cloud.admin.call("listZones")).toMatchObject({ count: 1 });
});
