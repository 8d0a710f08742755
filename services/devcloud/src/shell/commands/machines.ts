import { ApiError, invalid } from "../../core/api-error.ts";
import { defaultNicOf, plain } from "../../core/extension-payload.ts";
import type { JsonObject } from "../../core/json.ts";
import { flag, list, map, needRef, OWNED_LIST, ref, text } from "../../core/parameter.ts";
import type { MachineRow } from "../../core/rows.ts";
import { EXPUNGED_MACHINE, machineView, nicsOf } from "../../core/views/machine-view.ts";
import { need } from "../../core/world.ts";
import type { Answer, Call, Command } from "../command.ts";
import { machinePassword } from "../passwords.ts";
import { listOwned, ownerFor } from "../scope.ts";
import { checkName } from "./machine-deploy.ts";
import { keysOf, machineJob, machineOf, shownMachine, userDataOf } from "./machine-parts.ts";

const MACHINE = { id: needRef("machine", "id") };

export const MACHINES: readonly Command[] = [
  {
    name: "listVirtualMachines",
    description: "Lists machines",
    access: "user",
    parameters: {
      id: ref("machine", "id"),
      ids: list("ids"),
      name: text("name"),
      ...OWNED_LIST,
      state: text("state"),
      zoneid: ref("zone", "zone"),
      networkid: ref("network", "network"),
      hostid: ref("host", "host; admins only"),
      templateid: ref("template", "template"),
      serviceofferingid: ref("serviceOffering", "offering"),
      affinitygroupid: ref("affinityGroup", "affinity group"),
      keypair: text("key pair"),
      userid: ref("user", "user who made it"),
      details: list("all, nics, tmpl, servoff, volume, min, …"),
      tags: map("tags"),
      hypervisor: text("no effect"),
      displayvm: flag("no effect"),
      podid: ref("pod", "no effect"),
      groupid: text("no effect"),
      isoid: text("no effect"),
      vpcid: text("of a VPC; there are none"),
      forvirtualnetwork: flag("no effect"),
      retrieveonlyresourcecount: flag("no effect"),
      showicon: flag("no effect"),
      userdata: flag("no effect"),
      isvnf: flag("no effect"),
      accumulate: flag("no effect"),
    },
    run: listMachines,
  },
  life(
    "startVirtualMachine",
    "Starts a machine",
    "VM.START",
    "StartVM",
    {
      hostid: ref("host", "host; admins only"),
      podid: ref("pod", "no effect"),
      clusterid: ref("cluster", "no effect"),
      deploymentplanner: text("no effect"),
      considerlasthost: flag("no effect"),
    },
    async (call, machine) => {
      if (call.values.has("hostid") && call.caller.account.type !== 1)
        throw invalid("Only a root admin may choose the host");
      await call.cloud.machines.start(machine.uuid, { host: call.values.text("hostid") });
    },
  ),
  life("stopVirtualMachine", "Stops a machine", "VM.STOP", "StopVM", { forced: flag("no effect") }, (call, machine) =>
    call.cloud.machines.stop(machine.uuid),
  ),
  life(
    "rebootVirtualMachine",
    "Reboots a machine",
    "VM.REBOOT",
    "RebootVM",
    { forced: flag("no effect"), bootintosetup: flag("no effect") },
    (call, machine) => call.cloud.machines.reboot(machine.uuid),
  ),
  life(
    "destroyVirtualMachine",
    "Destroys a machine; with expunge for good",
    "VM.DESTROY",
    "DestroyVM",
    { expunge: flag("for good; admins only"), volumeids: list("no effect") },
    async (call, machine) => {
      const expunge = call.values.flag("expunge") === true;
      if (expunge && call.caller.account.type === 0) {
        throw new ApiError(
          531,
          "Parameter expunge can be passed by Admin only. Or when the allow.user.expunge.recover.vm key is set.",
          4365,
        );
      }
      await call.cloud.machines.destroy(machine.uuid, expunge);
    },
  ),
  {
    name: "expungeVirtualMachine",
    description: "Forgets a destroyed machine for good",
    access: "domain",
    event: "VM.EXPUNGE",
    javaClass: "admin.vm.ExpungeVMCmd",
    parameters: MACHINE,
    run: (call) => {
      const machine = machineOf(call);
      return machineJob(machine, async () => {
        await call.cloud.machines.expunge(machine.uuid);
        return { success: true };
      });
    },
  },
  {
    name: "recoverVirtualMachine",
    description: "Makes a destroyed machine a stopped one",
    access: "domain",
    event: "VM.RECOVER",
    parameters: MACHINE,
    run: async (call) => {
      await call.cloud.machines.recover(machineOf(call).uuid);
      return { kind: "object", body: shownMachine(call, machineOf(call).uuid) };
    },
  },
  {
    name: "updateVirtualMachine",
    description: "Changes names, user data or details of a machine",
    access: "user",
    event: "VM.UPDATE",
    parameters: {
      ...MACHINE,
      name: text("host name, while it is stopped"),
      displayname: text("display name"),
      userdata: text("user data in base64"),
      userdataid: ref("userData", "registered user data"),
      details: map("details"),
      cleanupdetails: flag("no details"),
      group: text("no effect"),
      haenable: flag("no effect"),
      ostypeid: ref("osType", "no effect"),
      displayvm: flag("no effect"),
      isdynamicallyscalable: flag("no effect"),
      customid: text("no effect"),
      instancename: text("no effect"),
      deleteprotection: flag("no effect"),
      securitygroupids: list("not supported by this version"),
      userdatadetails: map("no effect"),
    },
    run: updateMachine,
  },
  {
    name: "changeServiceForVirtualMachine",
    description: "Gives a stopped machine another compute offering",
    access: "user",
    event: "VM.UPGRADE",
    parameters: { ...MACHINE, serviceofferingid: needRef("serviceOffering", "offering"), details: map("no effect") },
    run: (call) => {
      const machine = stopped(call);
      call.cloud.store.change("machine", machine.uuid, { offering: call.values.need("serviceofferingid") });
      return { kind: "object", body: shownMachine(call, machine.uuid) };
    },
  },
  {
    name: "resetPasswordForVirtualMachine",
    description: "Gives a stopped machine a new password",
    access: "user",
    event: "VM.RESETPASSWORD",
    javaClass: "user.vm.ResetVMPasswordCmd",
    adminJavaClass: "admin.vm.ResetVMPasswordCmdByAdmin",
    parameters: { ...MACHINE, password: text("password; default one that is made") },
    run: (call) => {
      const machine = stopped(call);
      return machineJob(machine, async (jobUuid) => {
        const password = call.values.text("password") ?? machinePassword();
        await save(call, machine, "save-password", { password });
        call.cloud.store.change("machine", machine.uuid, { password });
        return shownMachine(call, machine.uuid, { password, job: { uuid: jobUuid, status: 0 } });
      });
    },
  },
  {
    name: "resetSSHKeyForVirtualMachine",
    description: "Gives a stopped machine other keys",
    access: "user",
    event: "VM.RESETSSHKEY",
    javaClass: "user.vm.ResetVMSSHKeyCmd",
    adminJavaClass: "admin.vm.ResetVMSSHKeyCmdByAdmin",
    parameters: {
      ...MACHINE,
      keypair: text("key pair"),
      keypairs: list("key pairs"),
      account: text("owner of the key pairs: the machine's"),
      domainid: ref("domain", "domain of the owner"),
      projectid: ref("project", "project that owns them"),
    },
    run: (call) => {
      ownerFor(call);
      const machine = stopped(call);
      const keys = keysOf(call, machine.account);
      if (keys.publicKeys === undefined) throw invalid("Please specify keypair or keypairs");
      return machineJob(machine, async (jobUuid) => {
        await save(call, machine, "save-sshkey", { sshkey: keys.publicKeys });
        call.cloud.store.change("machine", machine.uuid, keys);
        return shownMachine(call, machine.uuid, { job: { uuid: jobUuid, status: 0 } });
      });
    },
  },
  {
    name: "resetUserDataForVirtualMachine",
    description: "Gives a stopped machine other user data",
    access: "user",
    event: "VM.RESETUSERDATA",
    parameters: {
      ...MACHINE,
      userdata: text("user data in base64"),
      userdataid: ref("userData", "registered user data"),
      userdatadetails: map("no effect"),
    },
    run: async (call) => {
      const machine = stopped(call);
      await newUserData(call, machine, userDataOf(call));
      return { kind: "object", body: shownMachine(call, machine.uuid) };
    },
  },
  {
    name: "getVirtualMachineUserData",
    description: "Tells the user data of a machine",
    access: "user",
    parameters: { virtualmachineid: needRef("machine", "machine") },
    run: (call) => {
      const { uuid, userData } = machineOf(call, "virtualmachineid");
      return { kind: "object", body: { virtualmachineuserdata: { virtualmachineid: uuid, userdata: userData ?? "" } } };
    },
  },
  {
    name: "migrateVirtualMachine",
    description: "Moves a running machine to another host: it is stopped there and started here, with its addresses",
    access: "admin",
    event: "VM.MIGRATE",
    javaClass: "admin.vm.MigrateVMCmd",
    parameters: {
      virtualmachineid: needRef("machine", "machine"),
      hostid: ref("host", "host"),
      storageid: text("no effect"),
      autoselect: flag("choose the host"),
    },
    run: (call) => {
      const machine = machineOf(call, "virtualmachineid");
      return machineJob(machine, async (jobUuid) => {
        await call.cloud.machines.migrate(machine.uuid, call.values.text("hostid"));
        return shownMachine(call, machine.uuid, { job: { uuid: jobUuid, status: 0 } });
      });
    },
  },
];

/** A command that takes a machine from one state to another, as a job. */
function life(
  name: string,
  description: string,
  event: string,
  javaName: string,
  parameters: Command["parameters"],
  work: (call: Call, machine: MachineRow) => Promise<void>,
): Command {
  return {
    name,
    description,
    access: "user",
    event,
    javaClass: `user.vm.${javaName}Cmd`,
    adminJavaClass: `admin.vm.${javaName}CmdByAdmin`,
    parameters: { ...MACHINE, ...parameters },
    run: (call) => {
      const machine = machineOf(call);
      return machineJob(machine, async (jobUuid) => {
        await work(call, machine);
        if (call.cloud.store.find("machine", machine.uuid) === undefined) return { virtualmachine: EXPUNGED_MACHINE };
        return shownMachine(call, machine.uuid, { job: { uuid: jobUuid, status: 0 } });
      });
    },
  };
}

function listMachines(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const isAdmin = caller.account.type === 1;
  const details = values.list("details");
  const view = (row: MachineRow): JsonObject => {
    const pending = store.where("job", "instance", row.uuid).findLast(({ status }) => status === 0);
    const job = pending === undefined ? undefined : { uuid: pending.uuid, status: 0 };
    return machineView(store, row, {
      forAdmin: isAdmin,
      ...(details === undefined ? {} : { details }),
      ...(job === undefined ? {} : { job }),
    });
  };
  const same = (name: string, value: string | undefined): boolean => !values.has(name) || values.text(name) === value;
  return listOwned(call, "machine", "virtualmachine", view, (row) => {
    const hidden = (row.state === "Destroyed" || row.state === "Expunging") && caller.account.type === 0;
    const network = values.text("networkid");
    return (
      !hidden &&
      !values.has("vpcid") &&
      hasState(row, values.text("state")) &&
      same("zoneid", row.zone) &&
      same("hostid", row.host) &&
      same("templateid", row.template) &&
      same("serviceofferingid", row.offering) &&
      same("userid", row.user) &&
      (!values.has("affinitygroupid") || row.affinityGroups.includes(values.need("affinitygroupid"))) &&
      (!values.has("keypair") || row.keyPairs.includes(values.need("keypair"))) &&
      (network === undefined || nicsOf(store, row.uuid).some((nic) => nic.network === network))
    );
  });
}

/** "Present" is everything that is not gone. */
function hasState({ state }: MachineRow, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (wanted.toLowerCase() === "present") return state !== "Destroyed" && state !== "Expunging";
  return state.toLowerCase() === wanted.toLowerCase();
}

function stopped(call: Call): MachineRow {
  const machine = machineOf(call);
  if (machine.state === "Stopped") return machine;
  throw invalid(`Vm ${machine.uuid} should be in Stopped state to perform ${call.values.text("command") ?? "this"}`);
}

async function save(
  call: Call,
  machine: MachineRow,
  command: "save-userdata" | "save-password" | "save-sshkey",
  what: JsonObject,
): Promise<void> {
  const nic = defaultNicOf(call.cloud.store, machine.uuid);
  if (nic !== undefined) await call.cloud.networks.save(nic, command, what);
}

async function newUserData(call: Call, machine: MachineRow, userData: string | undefined): Promise<void> {
  call.cloud.store.change("machine", machine.uuid, { userData });
  await save(call, machine, "save-userdata", { userdata: userData === undefined ? "" : plain(userData) });
}

async function updateMachine(call: Call): Promise<Answer> {
  const {
    cloud: { store },
    values,
  } = call;
  const machine = machineOf(call);
  const name = values.text("name") ?? machine.name;
  const userData = userDataOf(call);
  if (name !== machine.name) {
    if (machine.state !== "Stopped") throw invalid("A machine is renamed while it is stopped");
    checkName(
      call,
      name,
      nicsOf(store, machine.uuid).map((nic) => need(store, "network", nic.network)),
    );
  }
  const given = values.details("details");
  const details = values.flag("cleanupdetails") === true ? {} : Object.keys(given).length > 0 ? given : machine.details;
  store.change("machine", machine.uuid, {
    name,
    displayname: values.text("displayname") ?? machine.displayname,
    details,
  });
  if (userData !== undefined) await newUserData(call, need(store, "machine", machine.uuid), userData);
  return { kind: "object", body: shownMachine(call, machine.uuid) };
}
