import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { HeldConfiguration } from "../testing/held-configuration.ts";
import { annotated, annotationsOf, KEYS } from "./annotations.ts";
import type { InterfaceCommand } from "./command-list.ts";
import type { NetworkView } from "./network-view.ts";
import { planNic, planRestore } from "./nic-plan.ts";
import type { NetworkPayload, NicPayload } from "./payload.ts";

const COMMANDS: readonly InterfaceCommand[] = [
  ...(["prepare-nic", "release-nic", "add-dhcp-entry", "remove-dhcp-entry", "add-dns-entry"] as const),
  ...(["remove-dns-entry", "save-vm-data", "save-userdata", "save-password", "save-sshkey"] as const),
];
const PORT = "c0000000-0000-4000-8000-000000000007";
const NETWORK: NetworkPayload = { network_id: "1" };
const NIC: NicPayload = {
  nic_id: "7",
  nic_uuid: PORT,
  mac: "02:00:00:00:00:07",
  ip: "10.1.1.7",
  hostname: "vm7",
  vm_data: [],
  userdata: "text",
  password: "secret",
  sshkey: "key",
};

function networkObject(uuid: string): JsonObject {
  return { uuid, fq_name: ["default-domain", "default-project", "n"] };
}

/** A view in which the port of NIC is one of the network with this uuid. */
function viewOf(network: JsonObject | undefined, portOf: string): NetworkView {
  const vmi = {
    uuid: PORT,
    fq_name: ["default-domain", "default-project", PORT],
    virtual_network_refs: [{ to: ["default-domain", "default-project", "n"], uuid: portOf }],
    annotations: { key_value_pair: [{ key: "cloudstack.nic-state", value: "prepared" }] },
  };
  return { network, interfaces: [{ vmi, address: undefined, secondary: [] }], machines: new Map() };
}

function refusal(work: () => unknown): ContrailError | undefined {
  try {
    work();
    return undefined;
  } catch (reason) {
    return ContrailError.from(reason);
  }
}

test.each(COMMANDS)("%s of a port of another network is refused, and names it", (command) => {
  for (const network of [networkObject("a"), undefined]) {
    const found = refusal(() => planNic(command, NETWORK, NIC, viewOf(network, "b")));
    expect(found).toMatchObject({
      code: "cloudstack.conflict",
      message: `virtual-machine-interface ${PORT} is a port of virtual-network b, not of network 1`,
      fields: { object: `virtual-machine-interface ${PORT}` },
    });
  }
  expect(refusal(() => planNic(command, NETWORK, NIC, viewOf(networkObject("a"), "a")))).toBeUndefined();
});

test("a network is not restored with a port of another one", () => {
  const restore = { vms: [{ nic_uuid: PORT }] };
  const found = refusal(() => planRestore(NETWORK, restore, viewOf(networkObject("a"), "b")));
  expect(found?.code).toBe("cloudstack.conflict");
  expect(refusal(() => planRestore(NETWORK, restore, viewOf(networkObject("a"), "a")))).toBeUndefined();
});

/** The port of NIC after some commands, each with what it adds to the NIC's payload. */
function portAfter(...commands: readonly Step[]): ReadonlyMap<string, string> {
  const held = new HeldConfiguration();
  const { nic_id, nic_uuid, mac, hostname } = NIC;
  for (const [command, more] of commands) {
    if (command === "seen on a host") {
      const [{ uuid, ...vmi } = { uuid: "" }] = held.list("virtual-machine-interface");
      const annotations = annotated(annotationsOf(vmi), { [KEYS.passwordHost]: "a" });
      held.write({ kind: "update", type: "virtual-machine-interface", uuid: String(uuid), change: { annotations } });
      continue;
    }
    const writes = planNic(command, NETWORK, { nic_id, nic_uuid, mac, hostname, ...more }, held.view("1"));
    for (const write of writes) held.write(write);
  }
  return annotationsOf(held.list("virtual-machine-interface")[0] ?? {});
}

/** A command; or the reconciler's note of where the machine runs. */
type Step = readonly [InterfaceCommand | "seen on a host", Partial<NicPayload>?];
const SEEN: Step = ["seen on a host"];
const START: readonly Step[] = [["prepare-nic"], ["add-dhcp-entry"], ["save-vm-data", { vm_data: [] }]];
const STOP: Step = ["release-nic"];
const SET: Partial<NicPayload> = { vm_data: [{ dir: "password", file: "vm_password", content: "secret" }] };

test("a password goes with the machine's stop, whichever command brought it; the next start has none", () => {
  const starts: readonly (readonly Step[])[] = [
    [["prepare-nic"], ["save-vm-data", SET]],
    [...START, ["save-password", { password: "secret" }]],
  ];
  for (const start of starts) {
    expect(portAfter(...start).get(KEYS.password)).toBe("secret");
    expect(portAfter(...start, STOP).has(KEYS.password)).toBe(false);
    expect(portAfter(...start, STOP, ...START).has(KEYS.password)).toBe(false);
  }
});

test("where a password's machine was seen to run is forgotten with the password, and with a new one", () => {
  const running: readonly Step[] = [["prepare-nic"], ["save-vm-data", SET], SEEN];
  expect(portAfter(...running).get(KEYS.passwordHost)).toBe("a");
  // CloudStack sends what the host has had once more where the default NIC changes.
  expect(portAfter(...running, ["prepare-nic"], ["save-vm-data", SET]).get(KEYS.passwordHost)).toBe("a");
  for (const last of [STOP, ["save-password", { password: "new" }]] as const) {
    expect(portAfter(...running, last).has(KEYS.passwordHost)).toBe(false);
  }
});

test("a password that was reset while the machine was stopped is there after the start, and goes with the stop after it", () => {
  const reset: readonly Step[] = [...START, STOP, ["save-password", { password: "new" }]];
  expect(portAfter(...reset, ...START).get(KEYS.password)).toBe("new");
  // A start that fails is released, and tried again.
  expect(portAfter(...reset, ["prepare-nic"], STOP, ...START).get(KEYS.password)).toBe("new");
  expect(portAfter(...reset, ...START, STOP).has(KEYS.password)).toBe(false);
});

test("save-vm-data, which names no host, makes the machine with the name that its data has, and the network's owner", () => {
  const uuid = "0000006d-0000-4000-8000-000000000007";
  const metadata = { "vm-id": uuid, "local-hostname": "vm7" };
  const vm_data = Object.entries(metadata).map(([file, content]) => ({ dir: "metadata", file, content }));
  const network = { ...networkObject("a"), perms2: { owner: "alice" } };
  const told = { ...network, annotations: annotated(new Map(), { [KEYS.networkUuid]: "a" }) };
  const made = (of: JsonObject) =>
    planNic("save-vm-data", NETWORK, { nic_id: "7", nic_uuid: PORT, vm_data }, viewOf(of, "a")).find(
      ({ kind }) => kind === "create",
    );
  const owned = { owner: "alice", owner_access: 7, global_access: 0, share: [] };
  expect(made(told)).toMatchObject({ kind: "create", object: { uuid, display_name: "vm7", perms2: owned } });
  // Nobody has told yet whose the network is.
  expect(made(network)).not.toHaveProperty("object.perms2");
});

test("a NIC without uuid is found by its number, but not against its MAC address", () => {
  const port = (uuid: string, nicId: string, mac: string): JsonObject => ({
    uuid,
    virtual_network_refs: [{ uuid: "a" }],
    virtual_machine_interface_mac_addresses: { mac_address: [mac] },
    annotations: annotated(new Map(), { [KEYS.nicState]: "released", [KEYS.nicId]: nicId }),
  });
  const ports = [port("stale", "7", "02:00:00:00:00:01"), port("own", "8", "02:00:00:00:00:07")];
  const interfaces = ports.map((vmi) => ({ vmi, address: undefined, secondary: [] }));
  const view: NetworkView = { network: networkObject("a"), interfaces, machines: new Map() };
  const removed = (nic: NicPayload) =>
    planNic("remove-dhcp-entry", NETWORK, nic, view).map((write) => "uuid" in write && write.uuid);
  expect(removed({ nic_id: "7", mac: "02:00:00:00:00:07" })).toEqual(["own"]);
  expect(removed({ nic_id: "7", mac: "02:00:00:00:00:09" })).toEqual([]);
  expect(removed({ nic_id: "7" })).toEqual(["stale"]);
});

test("a released port has no password any more, and keeps what else its machine reads", () => {
  const view = viewOf(networkObject("a"), "a");
  const [port] = view.interfaces;
  if (port === undefined) throw new Error("the view has no port");
  const key_value_pair = [
    { key: "cloudstack.nic-state", value: "prepared" },
    { key: "cloudstack.password", value: "secret" },
    { key: "cloudstack.vm-data", value: "[]" },
  ];
  const vmi = { ...port.vmi, annotations: { key_value_pair } };
  const [write, ...more] = planNic("release-nic", NETWORK, NIC, { ...view, interfaces: [{ ...port, vmi }] });
  expect(more).toEqual([]);
  const text = JSON.stringify(write, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  expect(text).toContain("released");
  expect(text).toContain("cloudstack.vm-data");
  expect(text).not.toContain("secret");
});
