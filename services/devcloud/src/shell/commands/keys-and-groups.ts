import { invalid } from "../../core/api-error.ts";
import { checkBound } from "../../core/limits.ts";
import { FOR_OWNER, needRef, needText, OWNED_LIST, ref, text } from "../../core/parameter.ts";
import { affinityGroupView, keyPairView, userDataView } from "../../core/views/small-views.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf, SUCCESS } from "../command.ts";
import { listOwned, ownerFor } from "../scope.ts";
import { fingerprintOf, newSshKey } from "../ssh-key.ts";
import { userDataOf } from "./machine-parts.ts";

const NAMED_LIST = { name: text("name"), ...OWNED_LIST };

export const KEYS_AND_GROUPS: readonly Command[] = [
  {
    name: "listSSHKeyPairs",
    description: "Lists key pairs",
    access: "user",
    parameters: { id: ref("keyPair", "id"), ...NAMED_LIST, fingerprint: text("fingerprint") },
    run: (call) =>
      listOwned(
        call,
        "keyPair",
        "sshkeypair",
        (row) => keyPairView(call.cloud.store, row),
        ({ fingerprint }) => (call.values.text("fingerprint") ?? fingerprint) === fingerprint,
      ),
  },
  {
    name: "createSSHKeyPair",
    description: "Creates a key pair; the private key is told this once",
    access: "user",
    event: "REGISTER.SSH.KEYPAIR",
    parameters: { name: needText("name"), ...FOR_OWNER },
    run: async (call) => {
      const { privateKey, publicKey } = await newSshKey();
      return registered(call, publicKey, privateKey);
    },
  },
  {
    name: "registerSSHKeyPair",
    description: "Registers a public key",
    access: "user",
    event: "REGISTER.SSH.KEYPAIR",
    parameters: { name: needText("name"), publickey: needText("public key"), ...FOR_OWNER },
    run: (call) => registered(call, call.values.need("publickey")),
  },
  {
    name: "deleteSSHKeyPair",
    description: "Deletes a key pair; machines keep their keys",
    access: "user",
    event: "DELETE.SSH.KEYPAIR",
    parameters: { name: needText("name"), ...FOR_OWNER },
    run: (call) => {
      const name = call.values.need("name");
      const owner = ownerFor(call);
      const pair = call.cloud.store.where("keyPair", "account", owner.uuid).find((row) => row.name === name);
      if (pair === undefined)
        throw invalid(`A key pair with name '${name}' does not exist for account ${owner.name} in specified domain id`);
      call.cloud.store.drop("keyPair", pair.uuid);
      return SUCCESS;
    },
  },
  {
    name: "listUserData",
    description: "Lists registered user data",
    access: "user",
    parameters: { id: ref("userData", "id"), ...NAMED_LIST },
    run: (call) => listOwned(call, "userData", "userdata", (row) => userDataView(call.cloud.store, row)),
  },
  {
    name: "registerUserData",
    description: "Registers user data",
    access: "user",
    event: "REGISTER.USER.DATA",
    parameters: { name: needText("name"), userdata: needText("base64"), ...FOR_OWNER, params: text("no effect") },
    run: (call) => {
      const { store, maxPerAccount } = call.cloud;
      const name = call.values.need("name");
      const owner = ownerFor(call);
      const own = store.where("userData", "account", owner.uuid);
      if (own.some((row) => row.name === name))
        throw invalid(`A userdata with name ${name} already exists for this account.`);
      checkBound(store, owner.uuid, "userData", own.length, maxPerAccount);
      const row = store.make("userData", { name, account: owner.uuid, content: userDataOf(call) ?? "" });
      return { kind: "object", body: { userdata: userDataView(store, row) }, owner: owner.uuid };
    },
  },
  {
    name: "deleteUserData",
    description: "Deletes registered user data",
    access: "user",
    event: "DELETE.USER.DATA",
    parameters: { id: needRef("userData", "id"), ...FOR_OWNER },
    run: (call) => {
      ownerFor(call);
      call.cloud.store.drop("userData", call.values.need("id"));
      return SUCCESS;
    },
  },
  {
    name: "listAffinityGroups",
    description: "Lists affinity groups",
    access: "user",
    parameters: {
      id: ref("affinityGroup", "id"),
      ...NAMED_LIST,
      type: text("type"),
      virtualmachineid: ref("machine", "machine"),
    },
    run: (call) => {
      const {
        cloud: { store },
        values,
      } = call;
      const machine = store.find("machine", values.text("virtualmachineid"));
      return listOwned(
        call,
        "affinityGroup",
        "affinitygroup",
        (row) => affinityGroupView(store, row),
        (row) =>
          (values.text("type") ?? row.type) === row.type &&
          (machine === undefined || machine.affinityGroups.includes(row.uuid)),
      );
    },
  },
  {
    name: "listAffinityGroupTypes",
    description: "Lists types of affinity groups",
    access: "user",
    parameters: {},
    run: () => listOf("affinityGroupType", ["host anti-affinity"], (type) => ({ type })),
  },
  {
    name: "createAffinityGroup",
    description: "Creates an affinity group",
    access: "user",
    event: "AG.CREATE",
    javaClass: "user.affinitygroup.CreateAffinityGroupCmd",
    parameters: {
      name: needText("name"),
      type: needText("host anti-affinity"),
      description: text("description"),
      ...FOR_OWNER,
    },
    run: createAffinityGroup,
  },
  {
    name: "deleteAffinityGroup",
    description: "Deletes an affinity group",
    access: "user",
    event: "AG.DELETE",
    javaClass: "user.affinitygroup.DeleteAffinityGroupCmd",
    parameters: { id: ref("affinityGroup", "id"), name: text("name"), ...FOR_OWNER },
    run: deleteAffinityGroup,
  },
];

function registered(call: Call, publicKey: string, privateKey?: string): Answer {
  const { store, maxPerAccount } = call.cloud;
  const name = call.values.need("name");
  const owner = ownerFor(call);
  const fingerprint = fingerprintOf(publicKey);
  const own = store.where("keyPair", "account", owner.uuid);
  for (const pair of own) {
    if (pair.name === name) throw invalid(`A key pair with name '${name}' already exists for this account.`);
    if (pair.fingerprint === fingerprint)
      throw invalid(`A key pair with key '${fingerprint}' already exists for this account.`);
  }
  checkBound(store, owner.uuid, "keyPair", own.length, maxPerAccount);
  const pair = store.make("keyPair", { name, account: owner.uuid, publicKey: publicKey.trim(), fingerprint });
  return { kind: "object", body: { keypair: keyPairView(store, pair, privateKey) }, owner: owner.uuid };
}

function createAffinityGroup(call: Call): Answer {
  const {
    cloud: { store, maxPerAccount },
    values,
  } = call;
  const name = values.need("name");
  const type = values.need("type");
  const owner = ownerFor(call);
  if (type !== "host anti-affinity")
    throw invalid(`Unable to create affinity group, invalid affinity group type${type}`);
  const own = store.where("affinityGroup", "account", owner.uuid);
  if (own.some((row) => row.name === name))
    throw invalid(`Unable to create affinity group, a group with name ${name} already exists.`);
  checkBound(store, owner.uuid, "affinityGroup", own.length, maxPerAccount);
  const row = store.make("affinityGroup", { name, type, description: values.text("description"), account: owner.uuid });
  return {
    kind: "job",
    id: row.uuid,
    instanceType: "AffinityGroup",
    owner: owner.uuid,
    work: async () => ({ affinitygroup: affinityGroupView(store, need(store, "affinityGroup", row.uuid)) }),
  };
}

function deleteAffinityGroup(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const owner = ownerFor(call);
  const named = [...store.all("affinityGroup")].find(
    (row) => row.account === owner.uuid && row.name === values.text("name"),
  );
  const group = store.find("affinityGroup", values.text("id")) ?? named;
  if (group === undefined) throw invalid("Unable to find affinity group");
  return {
    kind: "job",
    instanceType: "AffinityGroup",
    owner: group.account,
    work: async () => {
      for (const machine of store.where("machine", "account", group.account)) {
        const affinityGroups = machine.affinityGroups.filter((uuid) => uuid !== group.uuid);
        if (affinityGroups.length < machine.affinityGroups.length)
          store.change("machine", machine.uuid, { affinityGroups });
      }
      store.drop("affinityGroup", group.uuid);
      return { success: true };
    },
  };
}
