import { type EmbeddedSystem, eventually, type MachineState } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { type SystemUnderTest, scenario } from "./running-system.ts";

const DEADLINE_MS = 30_000;
const GATEWAY = "10.6.1.1";
/** Prints status and body of an address, or why there is none. */
const GET =
  "fetch(process.argv[1], { signal: AbortSignal.timeout(3000) }).then(async (answer) => " +
  "console.log(answer.status, await answer.text()), (reason) => console.log(reason.cause?.code ?? reason.name))";
/** Prints what a name server says of a name. */
const RESOLVE =
  'const { Resolver } = require("node:dns").promises; const resolver = new Resolver({ timeout: 3000, tries: 1 }); ' +
  "resolver.setServers([process.argv[1]]); resolver.resolve4(process.argv[2]).then((found) => " +
  "console.log(found.join()), (reason) => console.log(reason.code))";

/** What a machine is told about itself and its network, from the configuration API to the machine. */
export function serviceTests(under: SystemUnderTest): void {
  scenario(under, "machines read their own metadata, and find those of their network on any host", async (system) => {
    for (const network of ["red", "blue"]) await makeNetwork(system, network);
    const machines = await Promise.all([
      system.addMachine({ name: "s1", network: "default-domain:default-project:red", host: "host1" }),
      system.addMachine({ name: "s2", network: "default-domain:default-project:red", host: "host2" }),
      system.addMachine({ name: "s3", network: "default-domain:default-project:blue", host: "host1" }),
    ]);
    try {
      for (const machine of machines) await annotate(system, machine);
      for (const { name } of machines)
        await reads(system, name, [GET, "http://169.254.169.254/latest/meta-data/instance-id"], `200 id-of-${name}`);
      const [first, second] = machines;
      await reads(system, "s1", [RESOLVE, GATEWAY, "s2"], second.address);
      await reads(system, "s2", [RESOLVE, GATEWAY, "s1.red.example"], first.address);
      await reads(system, "s3", [RESOLVE, GATEWAY, "s1"], "ENOTFOUND");
      const shown = await system.introspect("host1", "interfaces");
      expect(JSON.stringify(shown)).not.toContain("id-of-");
    } finally {
      for (const { name } of machines) await system.removeMachine(name);
    }
  });
}

async function makeNetwork(system: EmbeddedSystem, name: string): Promise<void> {
  const ipam = ["default-domain", "default-project", "default-network-ipam"];
  const subnet = { ip_prefix: "10.6.1.0", ip_prefix_len: 24 };
  const uuid = await system.vnc.ensure("virtual-network", {
    fq_name: ["default-domain", "default-project", name],
    parent_type: "project",
    network_ipam_refs: [
      { to: ipam, attr: { ipam_subnets: [{ subnet, default_gateway: GATEWAY, dns_server_address: GATEWAY }] } },
    ],
  });
  await system.vnc.update("virtual-network", uuid, pairs({ "cloudstack.network-domain": `${name}.example` }));
}

async function annotate({ vnc }: EmbeddedSystem, { name, interfaceUuid }: MachineState): Promise<void> {
  const content = Buffer.from(`id-of-${name}`).toString("base64");
  const data = [{ dir: "metadata", file: "instance-id", content }];
  const annotations = { "cloudstack.vm-data": JSON.stringify(data), "cloudstack.dns-name": name };
  await vnc.update("virtual-machine-interface", interfaceUuid, pairs(annotations));
}

function pairs(annotations: Readonly<Record<string, string>>) {
  return { annotations: { key_value_pair: Object.entries(annotations).map(([key, value]) => ({ key, value })) } };
}

/** Waits until a program in a machine prints a text. */
async function reads(
  system: EmbeddedSystem,
  name: string,
  [program = "", ...args]: readonly string[],
  wanted: string,
): Promise<void> {
  await eventually(`${name}: ${args.join(" ")} is ${wanted}`, DEADLINE_MS, async () => {
    const { stdout } = await system.contrail("machine", "exec", name, process.execPath, "-e", program, ...args);
    if (stdout.trim() !== wanted) throw new Error(stdout);
    return true;
  });
}
