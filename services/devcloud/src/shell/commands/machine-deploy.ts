import { randomUUID } from "node:crypto";
import { invalid } from "../../core/api-error.ts";
import { checkLimit } from "../../core/limits.ts";
import { mayUse } from "../../core/ownership.ts";
import { FOR_OWNER, flag, integer, list, map, needRef, ref, refs, text } from "../../core/parameter.ts";
import type { AccountRow, MachineRow, NetworkRow } from "../../core/rows.ts";
import { need } from "../../core/world.ts";
import type { Answer, Call, Command } from "../command.ts";
import { machinePassword } from "../passwords.ts";
import { ownerFor } from "../scope.ts";
import {
  keysOf,
  makeNic,
  type NicAddresses,
  nicAddresses,
  shownMachine,
  usableNetwork,
  userDataOf,
} from "./machine-parts.ts";

const HOST_NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

export const MACHINE_DEPLOY: readonly Command[] = [
  {
    name: "deployVirtualMachine",
    description: "Creates a machine, and starts it unless startvm=false",
    access: "user",
    event: "VM.CREATE",
    javaClass: "user.vm.DeployVMCmd",
    adminJavaClass: "admin.vm.DeployVMCmdByAdmin",
    parameters: {
      serviceofferingid: needRef("serviceOffering", "compute offering"),
      zoneid: needRef("zone", "zone"),
      templateid: ref("template", "template"),
      networkids: refs("network", "networks, the default one first"),
      iptonetworklist: map("networkid, ip, mac of each network"),
      ipaddress: text("address in the default network"),
      macaddress: text("MAC in the default network"),
      name: text("host name; default made from the uuid"),
      displayname: text("display name"),
      userdata: text("user data in base64"),
      userdataid: ref("userData", "registered user data"),
      keypair: text("key pair"),
      keypairs: list("key pairs"),
      hostid: ref("host", "host; admins only"),
      startvm: flag("default true"),
      affinitygroupids: refs("affinityGroup", "affinity groups"),
      affinitygroupnames: list("affinity groups by name"),
      ...FOR_OWNER,
      details: map("details"),
      group: text("no effect"),
      hypervisor: text("no effect"),
      diskofferingid: ref("diskOffering", "no effect"),
      size: integer("no effect"),
      rootdisksize: integer("no effect"),
      keyboard: text("no effect"),
      displayvm: flag("no effect"),
      securitygroupids: list("not supported by this version"),
      securitygroupnames: list("not supported by this version"),
    },
    run: deploy,
  },
];

function deploy(call: Call): Answer {
  const {
    cloud: { store, machines },
    caller,
    values,
  } = call;
  const owner = ownerFor(call);
  if (values.has("securitygroupids") || values.has("securitygroupnames"))
    throw invalid("Security groups are not supported in this zone");
  const template = store.find("template", values.text("templateid"));
  if (template === undefined) throw invalid("Unable to use template; please specify templateid");
  if (values.has("hostid") && caller.account.type !== 1) throw invalid("Only a root admin may choose the host");
  const plans = nicPlans(call, owner);
  const [first] = plans;
  const uuid = randomUUID();
  const name = values.text("name") ?? `VM-${uuid}`;
  checkName(
    call,
    name,
    plans.map(({ network }) => network),
  );
  const offering = need(store, "serviceOffering", values.need("serviceofferingid"));
  checkLimit(store, owner.uuid, "user_vm");
  checkLimit(store, owner.uuid, "cpu", offering.cpus);
  checkLimit(store, owner.uuid, "memory", offering.memoryMiB);
  const password = template.passwordEnabled ? machinePassword() : undefined;
  const machine = makeMachine(call, owner, { uuid, name, template: template.uuid, password });
  plans.forEach(({ network, addresses }, deviceId) => {
    makeNic(call, machine.uuid, network.uuid, { deviceId, isDefault: network === first?.network }, addresses);
  });
  return {
    kind: "job",
    id: machine.uuid,
    instanceType: "VirtualMachine",
    instance: machine.uuid,
    owner: owner.uuid,
    subject: { type: "VirtualMachine", uuid: machine.uuid, name },
    work: async (job) => {
      if (values.flag("startvm") !== false)
        await machines.start(machine.uuid, { host: values.text("hostid"), first: true });
      return shownMachine(call, machine.uuid, { password, job: { uuid: job.uuid, status: 0 } });
    },
  };
}

interface NicPlan {
  readonly network: NetworkRow;
  readonly addresses: NicAddresses;
}

/** The networks of iptonetworklist or networkids, or the only one that the owner has, with addresses: a call that is refused makes nothing. */
function nicPlans(call: Call, owner: AccountRow): readonly NicPlan[] {
  const { cloud, values } = call;
  const zone = values.need("zoneid");
  const entries = values.map("iptonetworklist");
  const own = cloud.store.where("network", "account", owner.uuid);
  const only = own.length === 1 ? own.map(({ uuid }) => uuid) : [];
  const uuids =
    entries.length > 0 ? entries.map((entry) => entry.networkid ?? "") : (values.list("networkids") ?? only);
  if (uuids.length === 0) throw invalid("No networks: please specify networkids");
  if (new Set(uuids).size !== uuids.length) throw invalid("Duplicate network ids");
  return uuids.map((uuid, index) => {
    if (!mayUse(cloud.store, call.caller.account, cloud.store.find("network", uuid)?.account ?? "")) {
      throw invalid(`Unable to find network by id ${uuid}`);
    }
    const network = usableNetwork(call, uuid, owner, zone);
    const first = index === 0 ? { ip: values.text("ipaddress"), mac: values.text("macaddress") } : {};
    const entry = entries[index];
    const wish = { ip: entry?.ip ?? first.ip, mac: entry?.mac ?? first.mac };
    return { network, addresses: nicAddresses(cloud, network, wish) };
  });
}

/** A host name that is one, and nobody else's in these networks. Throws ApiError 431. */
export function checkName({ cloud: { store } }: Call, name: string, networks: readonly NetworkRow[]): void {
  if (!HOST_NAME.test(name)) {
    throw invalid(
      "Invalid name. Vm name can contain ASCII letters 'a' through 'z', the digits '0' through '9', and the hyphen ('-'), must be between 1 and 63 characters long, and can't start or end with \"-\" and can't start with digit",
    );
  }
  for (const network of networks) {
    for (const nic of store.where("nic", "network", network.uuid)) {
      if (need(store, "machine", nic.machine).name.toLowerCase() !== name.toLowerCase()) continue;
      throw invalid(
        `The vm with hostName ${name} already exists in the network domain: ${network.networkDomain}; network=${network.name}`,
      );
    }
  }
}

function makeMachine(
  call: Call,
  owner: AccountRow,
  own: { uuid: string; name: string; template: string; password: string | undefined },
): MachineRow {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const machine = store.make("machine", {
    ...own,
    displayname: values.text("displayname") ?? own.name,
    account: owner.uuid,
    user: caller.user.uuid,
    zone: values.need("zoneid"),
    offering: values.need("serviceofferingid"),
    state: "Stopped",
    host: undefined,
    lastHost: undefined,
    instanceName: "",
    userData: userDataOf(call),
    ...keysOf(call, owner.uuid),
    affinityGroups: affinityGroups(call, owner),
    details: values.details("details"),
    updatedMs: undefined,
    bootedOnce: false,
  });
  return store.change("machine", machine.uuid, { instanceName: `i-${owner.number}-${machine.number}-VM` });
}

function affinityGroups({ cloud: { store }, values }: Call, owner: AccountRow): readonly string[] {
  const named = (values.list("affinitygroupnames") ?? []).map((name) => {
    for (const group of store.all("affinityGroup"))
      if (group.account === owner.uuid && group.name === name) return group.uuid;
    throw invalid(`Unable to find affinity group by name ${name}`);
  });
  return [...(values.list("affinitygroupids") ?? []), ...named];
}
