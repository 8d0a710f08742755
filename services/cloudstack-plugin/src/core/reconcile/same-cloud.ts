import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import { annotationsOf, KEYS } from "../annotations.ts";
import { type Cloud, isRoot } from "../cloud.ts";
import { isOwnOwner, ROOT_DOMAIN } from "../owner-plan.ts";
import { mend } from "../write.ts";
import type { Difference } from "./difference.ts";
import type { ActualOwners } from "./owner-diff.ts";

/**
 * What remembers which CloudStack the configuration's objects came from; nothing where it is remembered. otherToo: a
 * person says that it is meant to be another one from now on. Throws "cloudstack.precondition_failed" where it is another
 * one: what this one has not, would look like removed.
 */
export function rememberCloud(
  cloud: Pick<Cloud, "domains" | "owners" | "unknown">,
  actual: ActualOwners,
  otherToo: boolean,
): readonly Difference[] {
  const object = actual.domains.find(({ fq_name: name }) => String(name) === String(ROOT_DOMAIN));
  if (object === undefined) return [];
  const known = annotationsOf(object).get(KEYS.rootUuid);
  const unread = cloud.unknown.find(({ type, uuid }) => type === "domain" && uuid !== undefined && uuid === known);
  const root = cloud.domains.find(isRoot)?.uuid ?? unread?.uuid;
  const isOther = known === undefined ? knowsOthersOnly(cloud, actual) : known !== root;
  if (isOther && !otherToo) throw otherCloud(known, root ?? "not listed");
  const writes = root === undefined ? [] : mend("domain", object, {}, { [KEYS.rootUuid]: root });
  const reason = `it stands for ROOT of the CloudStack whose objects are here: ${root}`;
  if (writes.length === 0) return [];
  return [{ action: "mend", type: "domain", uuid: String(object.uuid), name: String(ROOT_DOMAIN), reason, writes }];
}

/** True where there are CloudStack's domains or projects, and none of them is of this one. */
function knowsOthersOnly({ domains, owners }: Pick<Cloud, "domains" | "owners">, actual: ActualOwners): boolean {
  const own: readonly JsonObject[] = [...actual.domains, ...actual.projects].filter(isOwnOwner);
  const told = new Set([...domains, ...owners].map(({ uuid }) => uuid));
  return own.length > 0 && own.every(({ uuid }) => !told.has(String(uuid)));
}

function otherCloud(known: string | undefined, told: string): ContrailError {
  const of = known === undefined ? "" : ` (its domain ROOT is ${told}, that of the objects ${known})`;
  const message = `this is not the CloudStack that the configuration's objects came from${of}, so nothing is changed. Has the plugin the wrong URL or key? Give it those of that one. Was CloudStack's database made anew, or is another CloudStack meant from now on? Run contrail cloudstack reconcile --other-cloud: what this one does not have then goes after its grace, and contrail cloudstack diff shows it until then`;
  return new ContrailError("cloudstack.precondition_failed", message);
}
