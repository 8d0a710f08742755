import { type ApiParameters, CloudStackClient } from "@contrail/cloudstack-api";
import { systemClock } from "@contrail/runtime";
import { expect, test } from "vitest";
import { CloudReader } from "./cloud-reader.ts";

const DOMAIN = "79e0ac27-e7ac-11f1-a3d5-02fc00000001";
const NETWORK = "ae61bdbf-aef5-4b0b-8378-a93e1e2747fc";
const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
const owned = { account: "admin", domainid: DOMAIN, domainpath: "ROOT" };
const network = { id: NETWORK, name: "web", state: "Implemented", broadcasturi: "lswitch:cs-net-7", ...owned };
const machine = { id: uuid(1), name: "m1", state: "Running", nic: [{ id: uuid(2), networkid: NETWORK }] };

/** As recordings/api/160 and 037 have them, without what is not read. */
const ROUTER = {
  id: "41194fd8-599b-472d-ae66-436a2f366900",
  name: "r-43-VM",
  state: "Running",
  role: "VIRTUAL_ROUTER",
  nic: [
    {
      id: "ba6daaa1-3d92-4cc8-a461-e2c19acb2dc3",
      networkid: NETWORK,
      macaddress: "02:02:00:F6:00:02",
      ipaddress: "10.1.1.1",
    },
    { id: "78495713-7e55-4487-995f-6cabeea8d8dd", networkid: uuid(9), macaddress: "0e:00:a9:fe:fe:ee" },
  ],
};
const SYSTEM_VM = {
  id: "bdcbc5ac-767b-4d27-abe5-ccc447a308fb",
  systemvmtype: "secondarystoragevm",
  name: "s-1-VM",
  privatemacaddress: "1e:02:e0:00:00:c2",
  linklocalmacaddress: "0e:00:a9:fe:0e:a5",
  publicmacaddress: "1e:02:f1:00:00:c8",
};

type Lists = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>> | number>>;

const PLAIN: Lists = {
  listUsers: { user: [{ id: uuid(3), accounttype: 1 }] },
  listDomains: { domain: [{ id: DOMAIN, path: "ROOT" }] },
  listAccounts: { account: [{ id: uuid(4), name: "admin", domainid: DOMAIN, domainpath: "ROOT" }] },
  listNetworks: { network: [network] },
  listVirtualMachines: { virtualmachine: [machine] },
};

/** A reader of a CloudStack with these lists; a number: refused with this status. */
function reader(lists: Lists, asked: ApiParameters[] = []): CloudReader {
  const transport = async (parameters: ApiParameters) => {
    asked.push(parameters);
    const command = parameters.command ?? "";
    const list = lists[command] ?? {};
    const status = typeof list === "number" ? list : 200;
    const isEmpty = parameters.projectid !== undefined || Number(parameters.page ?? 1) > 1;
    const body = typeof list === "number" ? { errorcode: list, errortext: "not here" } : isEmpty ? {} : list;
    return { status, text: JSON.stringify({ [`${command.toLowerCase()}response`]: body }) };
  };
  const keys = { apiKey: "k", secretKey: "s" };
  return new CloudReader(() => new CloudStackClient(transport, keys, systemClock));
}

test("NICs of virtual routers and internal load balancers are known by uuid and MAC address, of system VMs by the latter", async () => {
  const lists = {
    ...PLAIN,
    listRouters: { router: [ROUTER] },
    listInternalLoadBalancerVMs: { internalloadbalancervm: [{ ...ROUTER, id: uuid(5), nic: [{ id: uuid(6) }] }] },
    listSystemVms: { systemvm: [SYSTEM_VM] },
  };
  const { system, missing, unknown } = await reader(lists).all();
  const ofRouter = { machineUuid: ROUTER.id };
  const ofSystemVm = { uuid: undefined, networkUuid: undefined, ip: undefined, machineUuid: SYSTEM_VM.id };
  expect(system).toEqual([
    { ...ofRouter, uuid: ROUTER.nic[0]?.id, mac: "02:02:00:f6:00:02", networkUuid: NETWORK, ip: "10.1.1.1" },
    { ...ofRouter, uuid: ROUTER.nic[1]?.id, mac: "0e:00:a9:fe:fe:ee", networkUuid: uuid(9), ip: undefined },
    { uuid: uuid(6), mac: undefined, networkUuid: undefined, ip: undefined, machineUuid: uuid(5) },
    { ...ofSystemVm, mac: SYSTEM_VM.publicmacaddress },
    { ...ofSystemVm, mac: SYSTEM_VM.privatemacaddress },
    { ...ofSystemVm, mac: SYSTEM_VM.linklocalmacaddress },
  ]);
  expect([missing, unknown]).toEqual([[], []]);
});

test("routers are looked for in one network where one network is meant, among accounts' and projects'", async () => {
  const asked: ApiParameters[] = [];
  await reader({ ...PLAIN, listRouters: { router: [ROUTER] } }, asked).systemNics(NETWORK);
  const ofRouters = asked.filter(({ command, page }) => command === "listRouters" && page === "1");
  expect(ofRouters).toMatchObject([{ networkid: NETWORK, listall: "true" }, { projectid: "-1" }]);
});

test.each([
  [401, /give the key's role the command listRouters/],
  [432, /give the key's role the command listRouters/],
  [431, /management server's log tells why$/],
  [530, /management server's log tells why$/],
])(
  "a list of routers that is refused with %i is told with what to do, and the others are read",
  async (status, next) => {
    const { missing, networks } = await reader({ ...PLAIN, listRouters: status }).all();
    expect(missing).toMatchObject([{ command: "listRouters", problem: expect.stringMatching(next) }]);
    expect(networks).toHaveLength(1);
  },
);

test.each([
  ["listDomains", "domain", { id: uuid(8), path: 7, name: "odd" }, "domain", uuid(8)],
  ["listAccounts", "account", { id: uuid(8), name: "odd", domainid: "1" }, "project", uuid(8)],
  ["listProjects", "project", { id: 8, name: "odd", domainid: DOMAIN }, "project", undefined],
  [
    "listNetworks",
    "network",
    { ...network, id: uuid(8), name: "odd", domainid: undefined },
    "virtual-network",
    uuid(8),
  ],
  [
    "listVirtualMachines",
    "virtualmachine",
    { ...machine, id: uuid(8), name: "odd", nic: {} },
    "virtual-machine",
    uuid(8),
  ],
  ["listRouters", "router", { id: uuid(8), name: "odd", nic: [{}] }, "virtual-machine", uuid(8)],
  ["listSystemVms", "systemvm", { id: uuid(8), name: "odd", publicmacaddress: 3 }, "virtual-machine", uuid(8)],
])("an item of %s that is not understood is named, and hides no other", async (command, key, item, type, id) => {
  const before = PLAIN[command];
  const others = typeof before === "object" ? (before[key] ?? []) : [];
  const cloud = await reader({ ...PLAIN, [command]: { [key]: [item, ...others] } }).all();
  expect(cloud.unknown).toMatchObject([{ type, uuid: id, name: "odd", problem: expect.stringContaining(command) }]);
  const counts = [cloud.domains, cloud.owners, cloud.networks, cloud.nics].map(({ length }) => length);
  expect(counts).toEqual([1, 1, 1, 1]);
});

test("a NIC that is not understood hides no other NIC of its machine", async () => {
  const odd = { id: uuid(7), networkid: NETWORK, secondaryip: [{}] };
  const lists = { ...PLAIN, listVirtualMachines: { virtualmachine: [{ ...machine, nic: [odd, ...machine.nic] }] } };
  const { nics, unknown } = await reader(lists).all();
  expect(nics.map((one) => one.uuid)).toEqual([uuid(2)]);
  expect(unknown).toMatchObject([{ type: "virtual-machine-interface", uuid: uuid(7), machineUuid: machine.id }]);
  expect((await reader(lists).nics(NETWORK)).unknown).toHaveLength(1);
});

test("an item that is no object at all is not understood, and no more", async () => {
  const { unknown, networks } = await reader({ ...PLAIN, listNetworks: { network: [null, network] } }).all();
  expect([unknown.length, networks.length]).toEqual([1, 1]);
});

test("one network that is not understood is refused by name, a key that sees a part of the cloud too", async () => {
  const odd = reader({ ...PLAIN, listNetworks: { network: [{ ...network, cidr: 1 }] } });
  await expect(odd.network(NETWORK)).rejects.toMatchObject({ code: "cloudstack.not_understood" });
  const blind = reader({ ...PLAIN, listUsers: {} });
  await expect(blind.all()).rejects.toMatchObject({ code: "cloudstack.permission_denied" });
});
