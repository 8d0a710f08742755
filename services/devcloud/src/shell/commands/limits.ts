import { denied, invalid } from "../../core/api-error.ts";
import { limitOf, usage } from "../../core/limits.ts";
import { mayUse } from "../../core/ownership.ts";
import { integer, needText, OWNED_LIST, ref, text } from "../../core/parameter.ts";
import type { AccountRow } from "../../core/rows.ts";
import { ownerView } from "../../core/views/owner-view.ts";
import { RESOURCE_TYPES, type ResourceType, resourceType } from "../../core/views/resource-types.ts";
import { limitView } from "../../core/views/small-views.ts";
import { type Answer, type Call, type Command, listOf } from "../command.ts";
import { ownerFor } from "../scope.ts";

const FOR_ACCOUNT = {
  account: text("account"),
  domainid: ref("domain", "domain of the account"),
  projectid: ref("project", "project"),
};

export const LIMITS: readonly Command[] = [
  {
    name: "listResourceLimits",
    description: "Lists the limits of an account or project",
    access: "user",
    parameters: {
      ...OWNED_LIST,
      id: text("no effect"),
      resourcetype: text("number of the type"),
      resourcetypename: text("name of the type"),
      tag: text("no effect"),
    },
    run: (call) => {
      const {
        cloud: { store },
        values,
      } = call;
      const owner = ownerFor(call);
      const wanted = values.text("resourcetype") ?? values.text("resourcetypename");
      const types = wanted === undefined ? RESOURCE_TYPES : [typeOf(wanted)];
      return listOf("resourcelimit", types, (type) => limitView(store, owner.uuid, type, limitOf(store, owner, type)));
    },
  },
  {
    name: "updateResourceLimit",
    description: "Sets a limit of an account or project; -1 is none",
    access: "domain",
    event: "RESOURCE.LIMIT.UPDATE",
    parameters: {
      resourcetype: needText("number of the type"),
      ...FOR_ACCOUNT,
      max: integer("limit"),
      tag: text("no effect"),
    },
    run: updateLimit,
  },
  {
    name: "updateResourceCount",
    description: "Counts what an account or project has",
    access: "domain",
    parameters: {
      domainid: ref("domain", "domain of the account"),
      account: text("account"),
      projectid: ref("project", "project"),
      resourcetype: text("number of the type"),
      tag: text("no effect"),
    },
    run: (call) => {
      const {
        cloud: { store },
        values,
      } = call;
      const owner = ownerFor(call);
      const wanted = values.text("resourcetype");
      const types: readonly ResourceType[] = wanted === undefined ? RESOURCE_TYPES : [typeOf(wanted)];
      const counts = types.map((type) => ({
        ...ownerView(store, owner.uuid),
        resourcetype: String(type.number),
        resourcetypename: type.name,
        resourcecount: usage(store, owner.uuid, type),
      }));
      return { kind: "object", body: { count: counts.length, resourcecount: counts } };
    },
  },
];

function typeOf(text: string): ResourceType {
  const type = resourceType(text);
  if (type === undefined) throw invalid(`Please specify a valid resource type: ${text}`);
  return type;
}

function updateLimit(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const owner: AccountRow = ownerFor(call);
  if (!values.has("account") && !values.has("projectid"))
    throw invalid("Limits of whole domains are not supported by this version");
  if (!mayUse(store, caller.account, owner.uuid) || owner.uuid === caller.account.uuid) throw denied();
  const type = typeOf(values.need("resourcetype"));
  const max = values.integer("max") ?? -1;
  if (max < -1) throw invalid("Please specify either '-1' for an infinite limit, or a limit that is at least '0'.");
  const own = store.where("limit", "owner", owner.uuid).find((limit) => limit.type === type.number);
  if (own === undefined) store.make("limit", { owner: owner.uuid, type: type.number, max });
  else store.change("limit", own.uuid, { max });
  return { kind: "object", body: { resourcelimit: limitView(store, owner.uuid, type, max) } };
}
