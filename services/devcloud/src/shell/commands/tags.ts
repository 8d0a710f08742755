import { denied, invalid } from "../../core/api-error.ts";
import { mayUse, ownerOf } from "../../core/ownership.ts";
import { map, needList, needMap, needText, OWNED_LIST, PAGING, text } from "../../core/parameter.ts";
import type { Kind } from "../../core/rows.ts";
import { noSuchEntity } from "../../core/values.ts";
import { tagView } from "../../core/views/network-view.ts";
import { type Answer, type Call, type Command, listOf } from "../command.ts";
import { ownersInScope } from "../scope.ts";

/** Kinds that may be tagged, by the name of CloudStack's resource types in lower case. */
const KINDS: Readonly<Record<string, { readonly name: string; readonly kind: Kind }>> = {
  uservm: { name: "UserVm", kind: "machine" },
  network: { name: "Network", kind: "network" },
  project: { name: "Project", kind: "project" },
  nic: { name: "Nic", kind: "nic" },
};
const MAX_TAGS = 100;
const TARGET = { resourceids: needList("ids"), resourcetype: needText("UserVm, Network, Project or Nic") };
const DETAIL_TARGET = { resourceid: needText("id"), resourcetype: needText("UserVm, Network, Project or Nic") };

export const TAGS: readonly Command[] = [
  {
    name: "listTags",
    description: "Lists tags",
    access: "user",
    parameters: {
      ...OWNED_LIST,
      key: text("key"),
      value: text("value"),
      resourceid: text("id"),
      resourcetype: text("type"),
      customer: text("no effect"),
    },
    run: (call) => {
      const {
        cloud: { store },
        values,
      } = call;
      const inScope = ownersInScope(call);
      const type = values.text("resourcetype")?.toLowerCase();
      const rows = [...store.all("tag")].filter(
        (row) =>
          inScope(row.account) &&
          (values.text("key") ?? row.key) === row.key &&
          (values.text("value") ?? row.value) === row.value &&
          (values.text("resourceid") ?? row.resource) === row.resource &&
          (type ?? row.resourceType.toLowerCase()) === row.resourceType.toLowerCase(),
      );
      return listOf("tag", rows, (row) => tagView(store, row));
    },
  },
  {
    name: "createTags",
    description: "Tags things",
    access: "user",
    event: "CREATE_TAGS",
    javaClass: "user.tag.CreateTagsCmd",
    parameters: { ...TARGET, tags: needMap("key and value of each"), customer: text("no effect") },
    run: createTags,
  },
  {
    name: "deleteTags",
    description: "Takes tags from things",
    access: "user",
    event: "DELETE_TAGS",
    javaClass: "user.tag.DeleteTagsCmd",
    parameters: { ...TARGET, tags: map("key, and value where only that is to go; default all") },
    run: deleteTags,
  },
  {
    name: "addResourceDetail",
    description: "Adds details to a thing",
    access: "admin",
    event: "RESOURCE.DETAILS.CREATE",
    javaClass: "user.volume.AddResourceDetailCmd",
    parameters: { ...DETAIL_TARGET, details: needMap("key and value of each"), fordisplay: text("no effect") },
    run: (call) => {
      const { name, resource } = targetOf(call, call.values.need("resourceid"), "resourceid");
      return changed(resource.owner, () => {
        for (const [key, value] of Object.entries(call.values.details("details"))) {
          dropDetail(call, resource.uuid, key);
          call.cloud.store.make("resourceDetail", { key, value, resource: resource.uuid, resourceType: name });
        }
      });
    },
  },
  {
    name: "removeResourceDetail",
    description: "Takes a detail, or all, from a thing",
    access: "admin",
    event: "RESOURCE.DETAILS.DELETE",
    javaClass: "user.volume.RemoveResourceDetailCmd",
    parameters: { ...DETAIL_TARGET, key: text("key") },
    run: (call) => {
      const { resource } = targetOf(call, call.values.need("resourceid"), "resourceid");
      return changed(resource.owner, () => dropDetail(call, resource.uuid, call.values.text("key")));
    },
  },
  {
    name: "listResourceDetails",
    description: "Lists the details of a thing",
    access: "admin",
    parameters: {
      ...PAGING,
      resourceid: needText("id"),
      resourcetype: needText("type"),
      key: text("key"),
      value: text("value"),
    },
    run: (call) => {
      const { resource } = targetOf(call, call.values.need("resourceid"), "resourceid");
      const rows = call.cloud.store.where("resourceDetail", "resource", resource.uuid);
      const wanted = rows.filter(({ key }) => (call.values.text("key") ?? key) === key);
      return listOf("resourcedetail", wanted, (row) => ({
        resourceid: row.resource,
        resourcetype: row.resourceType,
        key: row.key,
        value: row.value,
        fordisplay: true,
      }));
    },
  },
];

interface Target {
  readonly name: string;
  readonly resource: { readonly uuid: string; readonly owner: string };
}

/** The thing that a call names; the caller must be allowed to change it. */
function targetOf({ cloud: { store }, caller, values }: Call, uuid: string, parameter: string): Target {
  const type = values.need("resourcetype");
  const known = KINDS[type.toLowerCase()];
  if (known === undefined) throw invalid(`Invalid resource type ${type}`);
  const row = store.find(known.kind, uuid);
  if (row === undefined) throw noSuchEntity("tags", parameter, uuid);
  const owner = ownerOf(store, known.kind, row) ?? caller.account.uuid;
  if (!mayUse(store, caller.account, owner)) throw denied();
  return { name: known.name, resource: { uuid, owner } };
}

function changed(owner: string, change: () => void): Answer {
  return {
    kind: "job",
    owner,
    work: async () => {
      change();
      return { success: true };
    },
  };
}

function createTags(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const targets = (values.list("resourceids") ?? []).map((uuid) => targetOf(call, uuid, "resourceids"));
  const tags = values.map("tags").map(({ key, value }) => {
    if (key === undefined || key === "" || value === undefined) throw invalid("Invalid tags: key and value are wanted");
    return { key, value };
  });
  for (const { resource } of targets) {
    const own = store.where("tag", "resource", resource.uuid);
    const twice = tags.find(({ key }) => own.some((tag) => tag.key === key));
    if (twice !== undefined) throw invalid(`tag ${twice.key} already on the resource ${resource.uuid}`);
    if (own.length + tags.length > MAX_TAGS) throw invalid(`A resource has at most ${MAX_TAGS} tags`);
  }
  return changed(targets[0]?.resource.owner ?? caller.account.uuid, () => {
    for (const { name, resource } of targets) {
      for (const tag of tags)
        store.make("tag", { ...tag, resourceType: name, resource: resource.uuid, account: resource.owner });
    }
  });
}

function deleteTags(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const targets = (values.list("resourceids") ?? []).map((uuid) => targetOf(call, uuid, "resourceids"));
  const wanted = values.map("tags");
  return changed(targets[0]?.resource.owner ?? caller.account.uuid, () => {
    for (const { resource } of targets) {
      for (const tag of store.where("tag", "resource", resource.uuid)) {
        const isWanted = wanted.some(({ key, value }) => tag.key === key && (value ?? tag.value) === tag.value);
        if (wanted.length === 0 || isWanted) store.drop("tag", tag.uuid);
      }
    }
  });
}

function dropDetail({ cloud: { store } }: Call, resource: string, key: string | undefined): void {
  for (const row of store.where("resourceDetail", "resource", resource)) {
    if ((key ?? row.key) === row.key) store.drop("resourceDetail", row.uuid);
  }
}
