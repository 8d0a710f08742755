import { randomInt, randomUUID } from "node:crypto";
import { denied, invalid } from "../../core/api-error.ts";
import { mayUse } from "../../core/ownership.ts";
import { map, needRef, needText, OWNED_LIST, ref, text } from "../../core/parameter.ts";
import type { NicRow } from "../../core/rows.ts";
import { noSuchEntity } from "../../core/values.ts";
import { nicsOf, nicView } from "../../core/views/machine-view.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf } from "../command.ts";
import {
  machineJob,
  machineOf,
  makeNic,
  nicAddresses,
  shownMachine,
  usableNetwork,
  wantedAddress,
} from "./machine-parts.ts";

const MACHINE = { virtualmachineid: needRef("machine", "machine") };
const MAX_NICS = 16;

export const NICS: readonly Command[] = [
  {
    name: "listNics",
    description: "Lists the NICs of a machine",
    access: "user",
    parameters: {
      virtualmachineid: ref("machine", "machine"),
      nicid: ref("nic", "NIC"),
      networkid: ref("network", "network"),
      ...OWNED_LIST,
    },
    run: listNics,
  },
  {
    name: "addNicToVirtualMachine",
    description: "Adds a NIC to a machine",
    access: "user",
    event: "NIC.CREATE",
    javaClass: "user.vm.AddNicToVMCmd",
    adminJavaClass: "admin.vm.AddNicToVMCmdByAdmin",
    parameters: {
      ...MACHINE,
      networkid: needRef("network", "network"),
      ipaddress: text("address"),
      macaddress: text("MAC"),
      dhcpoptions: map("no effect"),
    },
    run: addNic,
  },
  {
    name: "removeNicFromVirtualMachine",
    description: "Removes a NIC that is not the default one",
    access: "user",
    event: "NIC.DELETE",
    javaClass: "user.vm.RemoveNicFromVMCmd",
    adminJavaClass: "admin.vm.RemoveNicFromVMCmdByAdmin",
    parameters: { ...MACHINE, nicid: needRef("nic", "NIC") },
    run: (call) =>
      onNic(call, undefined, async (nic) => {
        const { store } = call.cloud;
        const now = store.find("nic", nic.uuid);
        if (now === undefined) throw invalid(`Unable to find NIC ${nic.uuid}`);
        if (now.isDefault) throw invalid(removeDefaultText(call, now));
        await call.cloud.machines.unplug(now);
      }),
  },
  {
    name: "updateDefaultNicForVirtualMachine",
    description: "Makes another NIC the default one",
    access: "user",
    event: "NIC.UPDATE",
    javaClass: "user.vm.UpdateDefaultNicForVMCmd",
    adminJavaClass: "admin.vm.UpdateDefaultNicForVMCmdByAdmin",
    parameters: { ...MACHINE, nicid: needRef("nic", "NIC") },
    run: (call) => onNic(call, undefined, (nic) => call.cloud.machines.makeDefault(nic.machine, nic.uuid)),
  },
  {
    name: "addIpToNic",
    description: "Gives a NIC a secondary address",
    access: "user",
    event: "NIC.SECONDARY.IP.CONFIGURE",
    javaClass: "user.vm.AddIpToVmNicCmd",
    parameters: { nicid: needRef("nic", "NIC"), ipaddress: text("address; default a free one") },
    run: addIp,
  },
  {
    name: "removeIpFromNic",
    description: "Takes a secondary address from its NIC",
    access: "user",
    event: "NIC.SECONDARY.IP.UNCONFIGURE",
    javaClass: "user.vm.RemoveIpFromVmNicCmd",
    parameters: { id: needText("id of the secondary address") },
    run: removeIp,
  },
  {
    name: "updateVmNicIp",
    description: "Gives a NIC of a stopped machine another address",
    access: "user",
    event: "NIC.SECONDARY.IP.UPDATE",
    javaClass: "user.vm.UpdateVmNicIpCmd",
    parameters: { nicid: needRef("nic", "NIC"), ipaddress: text("address; default a free one") },
    run: updateIp,
  },
];

function listNics(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const machine = store.find(
    "machine",
    values.text("virtualmachineid") ?? store.find("nic", values.text("nicid"))?.machine,
  );
  if (machine === undefined) throw invalid("Please specify virtualmachineid or nicid");
  if (!mayUse(store, caller.account, machine.account)) throw denied();
  const rows = nicsOf(store, machine.uuid).filter(
    (nic) =>
      (values.text("nicid") ?? nic.uuid) === nic.uuid && (values.text("networkid") ?? nic.network) === nic.network,
  );
  return listOf("nic", rows, (nic) => nicView(store, nic, true));
}

function addNic(call: Call): Answer {
  const {
    cloud: { store, machines },
    values,
  } = call;
  const machine = machineOf(call, "virtualmachineid");
  const wish = { ip: values.text("ipaddress"), mac: values.text("macaddress") };
  roomForNic(call, machine.uuid);
  return machineJob(machine, async (job) => {
    const { network, place } = roomForNic(call, machine.uuid); // What was true when the call came may have changed.
    const nic = makeNic(call, machine.uuid, network.uuid, place, nicAddresses(call.cloud, network, wish));
    await store.commit();
    await machines.plug(nic);
    return shownMachine(call, machine.uuid, { details: ["nics"], job: { uuid: job, status: 0 } });
  });
}

/** The network that a call names and the place of its NIC in a machine. Throws ApiError 431 where the NIC cannot be. */
function roomForNic(call: Call, uuid: string) {
  const {
    cloud: { store },
    values,
  } = call;
  const machine = store.find("machine", uuid);
  if (machine?.state !== "Running" && machine?.state !== "Stopped")
    throw invalid(`VM is not Running or Stopped, unable to add NIC`);
  const owner = need(store, "account", machine.account);
  const network = usableNetwork(call, values.need("networkid"), owner, machine.zone);
  const nics = nicsOf(store, uuid);
  if (nics.some((nic) => nic.network === network.uuid)) throw invalid("A NIC already exists for VM in network");
  if (nics.length >= MAX_NICS) throw invalid(`A machine has at most ${MAX_NICS} NICs`);
  const deviceId = [...Array(MAX_NICS).keys()].find((id) => nics.every((nic) => nic.deviceId !== id)) ?? nics.length;
  return { network, place: { deviceId, isDefault: nics.length === 0 } };
}

/** A job on a NIC of the machine that the call names. */
function onNic(call: Call, instanceType: string | undefined, work: (nic: NicRow) => Promise<void>): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const machine = machineOf(call, "virtualmachineid");
  const nic = need(store, "nic", values.need("nicid"));
  if (nic.machine !== machine.uuid) throw invalid(`The NIC ${nic.uuid} is not one of this machine`);
  return {
    kind: "job",
    instanceType,
    owner: machine.account,
    subject: { type: "VirtualMachine", uuid: machine.uuid, name: machine.name },
    work: async () => {
      await work(nic);
      return shownMachine(call, machine.uuid, { details: ["nics"] });
    },
  };
}

function removeDefaultText({ cloud: { store } }: Call, nic: NicRow): string {
  const { number: id, instanceName, state, uuid } = need(store, "machine", nic.machine);
  const network = need(store, "network", nic.network);
  const machineDump = JSON.stringify({ id, instanceName, state, type: "User", uuid });
  const networkDump = JSON.stringify({ id: network.number, name: network.name, uuid: network.uuid });
  return `Unable to remove NIC from VM instance ${machineDump} in Network ${networkDump}, NIC is default.`;
}

function freeOrWanted({ cloud: { store, networks }, values }: Call, nic: NicRow): string {
  const network = need(store, "network", nic.network);
  const wanted = values.text("ipaddress");
  const ip =
    wanted === undefined
      ? networks.freeAddress(network.uuid, randomInt(1_000) / 1_000)
      : wantedAddress({ networks }, network, wanted);
  if (ip === undefined) throw invalid(`Network ${network.name} has no free address left`);
  return ip;
}

function addIp(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const nic = need(store, "nic", values.need("nicid"));
  const ip = freeOrWanted(call, nic);
  const uuid = randomUUID();
  store.change("nic", nic.uuid, { secondaries: [...nic.secondaries, { uuid, ip }] });
  return {
    kind: "job",
    id: uuid,
    instanceType: "IpAddress",
    instance: uuid,
    owner: need(store, "machine", nic.machine).account,
    work: async () => ({ nicsecondaryip: { id: uuid, ipaddress: ip, nicid: nic.uuid, networkid: nic.network } }),
  };
}

function removeIp(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const id = values.need("id");
  const found = [...store.all("nic")].find(({ secondaries }) => secondaries.some(({ uuid }) => uuid === id));
  if (found === undefined) throw noSuchEntity("removeIpFromNic", "id", id);
  const owner = need(store, "machine", found.machine).account;
  if (!mayUse(store, caller.account, owner)) throw denied();
  return {
    kind: "job",
    owner,
    work: async () => {
      const nic = store.find("nic", found.uuid);
      if (nic !== undefined)
        store.change("nic", nic.uuid, { secondaries: nic.secondaries.filter(({ uuid }) => uuid !== id) });
      return { success: true };
    },
  };
}

function updateIp(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const nic = need(store, "nic", values.need("nicid"));
  const machine = need(store, "machine", nic.machine);
  return {
    kind: "job",
    owner: machine.account,
    work: async () => {
      if (store.find("machine", machine.uuid)?.state !== "Stopped")
        throw invalid("VM is not Stopped, unable to update the vm nic having the specified id");
      store.change("nic", nic.uuid, { ip: freeOrWanted(call, nic) });
      return shownMachine(call, machine.uuid);
    },
  };
}
