import type { Clock } from "@contrail/clock";
import { CloudStackClient, type Transport } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import { silentLogger } from "@contrail/observability";
import { KeyedLock } from "@contrail/runtime";
import { expect, test } from "vitest";
import { annotated, annotationsOf, KEYS } from "../core/annotations.ts";
import { HeldConfiguration } from "../testing/held-configuration.ts";
import { HeldVnc } from "../testing/held-vnc.ts";
import { CloudReader } from "./cloud-reader.ts";
import { CommandIdentities } from "./command-identities.ts";
import { Configuration } from "./configuration.ts";
import { Extension } from "./extension.ts";
import { OwnerDirectory } from "./owner-directory.ts";

const [A, B] = ["0000006e-0000-4000-8000-00000000000a", "0000006e-0000-4000-8000-00000000000b"];
const NIC = "00000069-0000-4000-8000-000000000001";

const SILENT: Transport = async () => ({ status: 503, text: "" });

/** The extension with a configuration in memory, and a CloudStack. */
function world(answer = SILENT) {
  const clock: Clock = {
    wallMs: () => 0,
    monotonicMs: () => 0,
    setTimer: () => ({ cancel: () => undefined }),
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
  };
  const held = new HeldConfiguration();
  const vnc = new HeldVnc(held);
  const configuration = new Configuration(vnc, clock);
  const client = () => new CloudStackClient(answer, { apiKey: "a", secretKey: "s" }, clock);
  const cloud = () => new CloudReader(client);
  const identities = new CommandIdentities({ cloud, owners: new OwnerDirectory(vnc), clock, logger: silentLogger });
  const conflicts: string[] = [];
  const lock = new KeyedLock();
  const extension = new Extension(configuration, identities, lock, () => conflicts.push("conflict"));
  const run = (command: string, uuid: string | undefined, more: object = {}, signal = new AbortController().signal) => {
    const payload = { network_id: "208", cidr: "10.1.1.0/24", gateway: "10.1.1.1", ...more };
    const details = uuid === undefined ? {} : { "network-extension-details": { "network-uuid": uuid } };
    return extension.run(command, JSON.stringify({ payload, ...details }), signal);
  };
  const provisional = (): string =>
    held.create("virtual-network", {
      fq_name: ["default-domain", "default-project", "cs-net-208"],
      perms2: { owner: "former", share: [{ tenant: "somebody", tenant_access: 7 }] },
      annotations: annotated(new Map(), { [KEYS.networkId]: "208" }),
    });
  const networks = () =>
    held
      .list("virtual-network")
      .map((one) => [one.uuid, annotationsOf(one).get(KEYS.networkId), annotationsOf(one).get(KEYS.networkUuid)]);
  return { held, run, provisional, networks, conflicts, lock };
}

test("while CloudStack's API is silent a network is made with the uuid that CloudStack sends, and found by it", async () => {
  const { held, run, networks } = world();
  await run("implement-network", A);
  await run("add-dhcp-entry", A, { nic_id: "7", nic_uuid: NIC, mac: "02:00:00:00:00:07", ip: "10.1.1.7" });
  expect(networks()).toEqual([[A, "208", A]]);
  expect(held.list("virtual-machine-interface")).toMatchObject([{ uuid: NIC, virtual_network_refs: [{ uuid: A }] }]);
  await run("implement-network", B);
  expect(networks()).toEqual([
    [A, `208-${A}`, A],
    [B, "208", B],
  ]);
  await run("implement-network", A);
  expect(networks()).toEqual([
    [A, "208", A],
    [B, `208-${B}`, B],
  ]);
});

test("an empty provisional network of the number gives way to one of the uuid that is known, in the same command", async () => {
  const { held, run, provisional, networks } = world();
  provisional();
  await run("implement-network", A);
  expect(networks()).toEqual([[A, "208", A]]);
  expect(JSON.stringify(held.list("virtual-network"))).not.toContain("somebody");
});

test("an empty provisional network that something else refers to only loses its number", async () => {
  const { held, run, provisional, networks } = world();
  const before = provisional();
  held.create("instance-ip", { fq_name: ["theirs"], virtual_network_refs: [{ uuid: before }] });
  await run("implement-network", A);
  expect(networks()).toEqual([
    [before, `208-${before}`, undefined],
    [A, "208", A],
  ]);
});

test("release-nic of a network that is not proven to be the call's does nothing", async () => {
  const { held, run } = world();
  await run("add-dhcp-entry", A, { nic_id: "7", nic_uuid: NIC, mac: "02:00:00:00:00:07" });
  const before = JSON.stringify(held.list("virtual-machine-interface"));
  const release = { nic_id: "7", nic_uuid: NIC };
  expect(await run("release-nic", undefined, release)).toEqual({ status: "success" });
  expect(JSON.stringify(held.list("virtual-machine-interface"))).toBe(before);
  await expect(run("prepare-nic", undefined, release)).rejects.toMatchObject({ code: "cloudstack.conflict" });
  await run("release-nic", A, release);
  expect(JSON.stringify(held.list("virtual-machine-interface"))).toContain("released");
});

test("a command that names a port of another network is refused, and has all of CloudStack looked at", async () => {
  const { held, run, conflicts } = world();
  const nic = { nic_id: "7", nic_uuid: NIC, mac: "02:00:00:00:00:07" };
  await run("add-dhcp-entry", A, nic);
  expect(conflicts).toEqual([]);
  await expect(run("add-dhcp-entry", B, nic)).rejects.toMatchObject({ code: "cloudstack.conflict" });
  expect(conflicts).toEqual(["conflict"]);
  expect(held.list("virtual-machine-interface")).toMatchObject([{ virtual_network_refs: [{ uuid: A }] }]);
});

test("destroy-network of which CloudStack keeps no uuid takes no port of another network of the number along", async () => {
  const network = { id: B, domainid: "00000064-0000-4000-8000-000000000000", cidr: "10.1.1.0/24", gateway: "10.1.1.1" };
  const { held, run, provisional, networks } = world(async ({ command, id }) => {
    const isAsked = command === "listNetworks" && (id === "208" || id === B);
    return { status: 200, text: JSON.stringify({ response: isAsked ? { count: 1, network: [network] } : {} }) };
  });
  const before = provisional();
  const port = { uuid: NIC, fq_name: ["default-domain", "default-project", NIC] };
  held.create("virtual-machine-interface", {
    ...port,
    virtual_network_refs: [{ uuid: before }],
    annotations: annotated(new Map(), { [KEYS.nicState]: "prepared" }),
  });
  await run("destroy-network", undefined);
  expect(networks()).toEqual([[before, "208", undefined]]);
  expect(held.list("virtual-machine-interface")).toHaveLength(1);
});

test("a command whose turn comes after its deadline has no effect", async () => {
  const { held, run, lock } = world();
  const [gate, deadline] = [Promise.withResolvers<void>(), new AbortController()];
  const before = lock.run("208", () => gate.promise);
  const late = run("implement-network", A, {}, deadline.signal);
  deadline.abort(new ContrailError("cloudstack.unavailable", "too late"));
  gate.resolve();
  await before;
  await expect(late).rejects.toThrow("too late");
  expect(held.list("virtual-network")).toEqual([]);
});

test("of one network's commands no more than 1024 wait; those of others are not held up", async () => {
  const { run, lock } = world();
  const gate = Promise.withResolvers<void>();
  const before = lock.run("208", () => gate.promise);
  const waiting = Array.from({ length: 1_024 }, () => run("shutdown-network", A));
  await expect(run("shutdown-network", A)).rejects.toMatchObject({ code: "cloudstack.too_many_requests" });
  await run("implement-network", B, { network_id: "209" });
  gate.resolve();
  await Promise.all([before, ...waiting]);
  await run("shutdown-network", A);
});

test("a CloudStack that does not answer is asked once by a command, however often it loses a race", async () => {
  let asked = 0;
  const { held, run } = world(async () => {
    asked++;
    // Another network takes the name in the meantime, each time the command has looked.
    const names = held.list("virtual-network").length;
    if (names === 0)
      held.create("virtual-network", { fq_name: ["default-domain", "default-project", `cs-net-208-${A}`] });
    return { status: 503, text: "" };
  });
  await expect(run("implement-network", A)).rejects.toMatchObject({ code: "vnc.conflict" });
  expect(asked).toBe(1);
});
