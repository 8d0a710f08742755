import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CliRun, contrail, REPOSITORY } from "./cli-run.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-gateways-page-"));
const socketPath = join(directory, "config-rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", socketPath]);
const client = new VncClient({ socketPath });
const DEADLINE = { timeout: 60_000, interval: 100 };
const FABRIC = "default-domain:default-project:ip-fabric:__default__";

/** What the page takes to be there, as the embedded system registers it. */
const CONTROL_NODES = [11, 12].map((net, index) => {
  const address = `172.30.${net}.2`;
  const families = { family: ["inet-vpn"] };
  const own = { router_type: "control-node", autonomous_system: 64_512, port: 179, address_families: families };
  return {
    "bgp-router": {
      fq_name: `${FABRIC}:control${index + 1}`,
      parent_type: "routing-instance",
      bgp_router_parameters: { address, identifier: address, ...own },
    },
  };
});

const HOST = {
  "virtual-router": { fq_name: "default-global-system-config:host1", virtual_router_ip_address: "172.30.1.2" },
};

/** Runs a command of the page in a directory that has its files. */
const run = (line: string): Promise<CliRun> => {
  const [words = ""] = line.replace(/^contrail /, "").split(" > ");
  return contrail(directory, words.split(" "), { cwd: directory });
};

async function works(line: string): Promise<string> {
  return vi.waitFor(async () => {
    const { code, stdout, stderr } = await run(line);
    expect([line, code, stderr]).toEqual([line, 0, expect.not.stringContaining("contrail:")]);
    return stdout;
  }, DEADLINE);
}

beforeAll(() => node.run());

afterAll(async () => {
  await node.stop();
  rmSync(directory, { recursive: true });
});

test("the files and commands of docs/gateways.md make the texts that the page says, for Junos and for FRR", async () => {
  const page = readFileSync(join(REPOSITORY, "docs/gateways.md"), "utf8");
  const files = [...page.matchAll(/in (?:a file )?`([^`]+\.yaml)`:\n\n```yaml\n([\s\S]*?)```/g)];
  expect(files.map(([, name]) => name)).toEqual(["gw1.yaml", "gw1-frr.yaml"]);
  for (const [, name = "", text = ""] of files) writeFileSync(join(directory, name), text);
  writeFileSync(join(directory, "registered.json"), JSON.stringify([...CONTROL_NODES, HOST]));
  await vi.waitFor(async () => {
    expect(await client.find("routing-instance", FABRIC.split(":"))).toBeDefined();
  }, DEADLINE);
  await works("contrail api apply -f registered.json");
  const commands = [...page.matchAll(/^ {4}(contrail .+)$/gm)].map(([, line = ""]) => line);
  expect(commands).toHaveLength(5);
  const [applyAll = "", junos = "", applyFrr = "", interfaces = "", frr = ""] = commands;
  await works(applyAll);
  expect(await works(junos)).toContain("neighbor 172.30.11.2 family inet-vpn unicast\n");
  const refused = await run(frr);
  expect([refused.code, refused.stderr.match(/contrail api edit bgp-router [^;\s]+/g)]).toEqual([
    1,
    ["gw1", "control1", "control2"].map((name) => `contrail api edit bgp-router ${FABRIC}:${name}`),
  ]);
  await works(applyFrr);
  expect(await works(interfaces)).toContain("type vrf table");
  for (const address of ["172.30.11.2", "172.30.12.2"])
    expect(await works(frr)).toContain(`  neighbor ${address} activate\n`);
});
