import { type ConfigObject, list, record } from "@contrail/schema";
import { text } from "../json-read.ts";

/**
 * Who may use an object that is named in a property. Nobody has been asked whether he may refer to it, so the rules that
 * read such names ask here.
 */
export interface Sharing {
  /** fq_name of the object's project, joined by ':'. */
  readonly project: string;
  readonly everybody: boolean;
  /** UUIDs of the projects that it is shared with, hexadecimal digits only. */
  readonly tenants: readonly string[];
}

/** The bit of an access that lets others refer to an object (PermType2). */
const LINK = 1;

/** What the permissions of an object say; is_shared of a network gives everybody the use of it. */
export function sharingOf({ fqName, properties }: ConfigObject): Sharing {
  const { global_access, share } = record(properties.perms2);
  const tenants = list(share).flatMap((item) => {
    const { tenant, tenant_access } = record(item);
    return allowsLink(tenant_access) ? [digitsOf(text(tenant) ?? "")] : [];
  });
  const everybody = allowsLink(global_access) || properties.is_shared === true;
  return { project: projectName({ fqName }), everybody, tenants };
}

/** An object that stands in a project. */
export type Placed = Pick<ConfigObject, "fqName" | "parentUuid">;

/** True where an object may use another one: that is of the same project, or shared with this one or with everybody. */
export function mayUse(user: Placed, { project, everybody, tenants }: Sharing): boolean {
  if (everybody || projectName(user) === project) return true;
  return user.parentUuid !== undefined && tenants.includes(digitsOf(user.parentUuid));
}

/** fq_name of the project that an object stands in, joined by ':'. */
export function projectName({ fqName }: Pick<ConfigObject, "fqName">): string {
  return fqName.slice(0, -1).join(":");
}

function allowsLink(access: unknown): boolean {
  return typeof access === "number" && (access & LINK) !== 0;
}

/** The hexadecimal digits of a tenant: a uuid with or without dashes, or "project:uuid". */
export function digitsOf(tenant: string): string {
  return (tenant.split(":").at(-1) ?? "").replaceAll("-", "").toLowerCase();
}
