import type { ConfigObject } from "@contrail/schema";
import { list, record, text } from "../json-read.ts";

/** Who may lead traffic through a service. */
export interface Sharing {
  /** fq_name of its project, joined by ':'. */
  readonly project: string;
  readonly everybody: boolean;
  /** UUIDs of the projects that it is shared with, hexadecimal digits only. */
  readonly tenants: readonly string[];
}

/** The bit of an access that lets others refer to an object (PermType2). */
const LINK = 1;

/** What the permissions of a service say. */
export function sharingOf(service: ConfigObject): Sharing {
  const { global_access, share } = record(service.properties.perms2);
  const tenants = list(share).flatMap((item) => {
    const { tenant, tenant_access } = record(item);
    return allowsLink(tenant_access) ? [digitsOf(text(tenant) ?? "")] : [];
  });
  return { project: service.fqName.slice(0, -1).join(":"), everybody: allowsLink(global_access), tenants };
}

/**
 * True where a network may use a service: a service is named in rules and routes, not referred to, so nobody has been
 * asked. It is of the network's project, or shared with it or with everybody.
 */
export function mayUse(network: ConfigObject, { project, everybody, tenants }: Sharing): boolean {
  if (everybody || network.fqName.slice(0, -1).join(":") === project) return true;
  return network.parentUuid !== undefined && tenants.includes(digitsOf(network.parentUuid));
}

function allowsLink(access: unknown): boolean {
  return typeof access === "number" && (access & LINK) !== 0;
}

/** A tenant is a uuid with or without dashes, or "project:uuid". */
function digitsOf(tenant: string): string {
  return (tenant.split(":").at(-1) ?? "").replaceAll("-", "").toLowerCase();
}
