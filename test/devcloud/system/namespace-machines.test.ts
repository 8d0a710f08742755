import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { EmbeddedSystem, inNamespace, missingFor } from "@contrail/testkit/embedded";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExtensionCloud } from "../extension-cloud.ts";
import type { Body } from "../signed-client.ts";

const EXTENSION = join(dirname(fileURLToPath(import.meta.url)), "vnc-extension.ts");

describe.each(["ebpf", "typescript"] as const)("DevCloud's machines on two hosts, engine %s", (form) => {
  const missing = missingFor(form);
  if (missing !== undefined) process.stderr.write(`DevCloud's machines, engine ${form}, are skipped: ${missing}\n`);
  let system: EmbeddedSystem | undefined;
  let cloud: ExtensionCloud | undefined;
  let networks: readonly string[] = [];
  const machines: Body[] = [];

  const own = (): ExtensionCloud => {
    if (cloud === undefined) throw new Error("the cloud did not start");
    return cloud;
  };
  const nics = (machine: Body | undefined): readonly Body[] => (machine?.nic ?? []) as readonly Body[]; // As recorded.
  const addresses = (machine: Body | undefined): readonly unknown[] => nics(machine).map(({ ipaddress }) => ipaddress);
  const inside = async (machine: Body | undefined, ...command: readonly string[]): Promise<string> => {
    const [program = "", ...args] = inNamespace(`oc-m-${String(machine?.instancename)}`, command);
    return (await promisify(execFile)(program, args)).stdout;
  };
  const answers = async (from: Body | undefined, to: unknown): Promise<void> => {
    const ping = () => inside(from, "ping", "-n", "-c", "1", "-W", "1", String(to)).catch(() => "lost");
    await expect.poll(ping, { timeout: 15_000 }).toContain("1 received");
  };
  const oursLeft = (): readonly string[] => readdirSync("/run/netns").filter((name) => name.startsWith("oc-m-i-"));

  beforeAll(async () => {
    if (missing !== undefined) return;
    system = await EmbeddedSystem.start(form);
    const { run } = (await system.status()).directories;
    const hosts = ["host1", "host2"].map(
      (name, index) => `${name}=172.30.${index + 1}.2=oc-${name}=${join(run, `${name}-ports.sock`)}`,
    );
    const flags = [
      "--hypervisor",
      "namespaces",
      "--hosts",
      hosts.join(","),
      "--plain-frames",
      String(form === "typescript"),
    ];
    cloud = await ExtensionCloud.start(flags);
    const folder = join(cloud.process.directory, "extensions/recsdn");
    mkdirSync(folder, { recursive: true });
    const script = join(folder, "recsdn.sh");
    writeFileSync(
      script,
      `#!/bin/sh\nNODE_NO_WARNINGS=1 exec ${process.execPath} ${EXTENSION} ${join(run, "config-rest.sock")} "$@"\n`,
    );
    chmodSync(script, 0o755);
    networks = [await cloud.network("front", 501), await cloud.network("back", 502, { gateway: "10.41.0.1" })];
  });

  afterAll(async () => {
    await cloud?.process.stop();
    await system?.close();
  });

  test.skipIf(missing !== undefined)("have two NICs with addresses by DHCP, and talk", async () => {
    const hosts = (await own().admin.call("listHosts")).host as readonly Body[];
    for (const [index, host] of hosts.entries()) {
      machines.push(await own().deploy(`m${index}`, networks, { hostid: String(host.id) }));
    }
    expect(machines.map(({ hostname }) => hostname)).toEqual(["host1", "host2"]);
    for (const machine of machines) {
      const links = await inside(machine, "ip", "-4", "-br", "addr");
      for (const [index, address] of addresses(machine).entries()) {
        expect(links).toMatch(new RegExp(`eth${index}@\\S+ +UP +${String(address)}/24`));
      }
      expect(await inside(machine, "ip", "route", "show", "default")).toContain("via 10.40.0.1 dev eth0");
    }
    for (const address of addresses(machines[1])) await answers(machines[0], address);
  });

  test.skipIf(missing !== undefined)(
    "keep their addresses through stop and start on another host, a move and a reboot",
    async () => {
      const id = String(machines[1]?.id);
      const hosts = (await own().admin.call("listHosts")).host as readonly Body[];
      await own().admin.job("stopVirtualMachine", { id });
      expect(oursLeft()).toHaveLength(1);
      const started = (await own().admin.job("startVirtualMachine", { id, hostid: String(hosts[0]?.id) }))
        .virtualmachine as Body;
      expect([started.hostname, addresses(started)]).toEqual(["host1", addresses(machines[1])]);
      for (const address of addresses(started)) await answers(machines[0], address);
      const moved = (await own().admin.job("migrateVirtualMachine", { virtualmachineid: id })).virtualmachine as Body;
      expect([moved.hostname, addresses(moved)]).toEqual(["host2", addresses(machines[1])]);
      for (const address of addresses(moved)) await answers(machines[0], address);
      await own().admin.job("rebootVirtualMachine", { id });
      for (const address of addresses(moved)) await answers(machines[0], address);
    },
  );

  test.skipIf(missing !== undefined)("take a NIC while they run, and give it back", async () => {
    const third = await own().network("third", 503, { gateway: "10.42.0.1" });
    for (const [index, machine] of machines.entries()) {
      const job = await own().admin.job("addNicToVirtualMachine", {
        virtualmachineid: String(machine.id),
        networkid: third,
      });
      machines[index] = job.virtualmachine as Body;
    }
    const added = nics(machines[1]).find(({ networkid }) => networkid === third);
    await answers(machines[0], added?.ipaddress);
    await own().admin.job("removeNicFromVirtualMachine", {
      virtualmachineid: String(machines[1]?.id),
      nicid: String(added?.id),
    });
    expect(await inside(machines[1], "ip", "-br", "link")).not.toContain("eth2");
  });

  test.skipIf(missing !== undefined)("run on after the cloud was killed and started again", async () => {
    await own().process.kill();
    await own().process.run();
    const admin = own().process.admin();
    expect(await admin.call("listVirtualMachines", { state: "Running" })).toMatchObject({ count: 2 });
    await answers(machines[0], addresses(machines[1])[0]);
  });

  test.skipIf(missing !== undefined)("leave nothing behind when they are expunged", async () => {
    const admin = own().process.admin();
    for (const machine of machines)
      await admin.job("destroyVirtualMachine", { id: String(machine.id), expunge: "true" });
    expect(oursLeft()).toEqual([]);
    for (const host of ["host1", "host2"]) {
      const [program = "", ...args] = inNamespace(`oc-${host}`, ["ip", "-br", "link"]);
      expect((await promisify(execFile)(program, args)).stdout).not.toMatch(/^tap/m);
    }
    for (const network of (await admin.call("listNetworks")).network as readonly Body[]) {
      expect(await admin.job("deleteNetwork", { id: String(network.id) })).toEqual({ success: true });
    }
  });
});
