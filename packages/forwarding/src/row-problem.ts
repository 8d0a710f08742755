import { formatInetPrefix, type InetPrefix, inetMask } from "@contrail/net";
import type { AclRow, EcmpMember, InterfaceRow, TableDelta } from "./tables.ts";

/** Rules that one ACL may have. */
export const MAX_ACL_RULES = 1024;
/** Groups that one set may have. */
export const MAX_GROUPS = 64;
/** Members that one ecmp next hop may have. */
export const MAX_ECMP_MEMBERS = 16;
/** Highest interface id. */
export const MAX_INTERFACE_ID = 4351;

/** Why a row cannot be held; undefined where it can. Both data planes refuse the same rows. */
export function rowProblem(delta: TableDelta): string | undefined {
  switch (delta.kind) {
    case "interface":
      return interfaceProblem(delta.row);
    case "interface-address":
    case "route":
      return prefixProblem(delta.row.prefix);
    case "next-hop":
      if (delta.row.id < 1) return `next hop ${delta.row.id}: ids begin at 1`;
      return delta.row.action.kind === "ecmp" ? membersProblem(delta.row.id, delta.row.action.members) : undefined;
    case "label":
      return delta.row.label < 16 || delta.row.label > 0xfffff
        ? `label ${delta.row.label}: not 16 to 1048575`
        : undefined;
    case "group-set":
      if (delta.row.groups.length > MAX_GROUPS) return `group set ${delta.row.id}: more than ${MAX_GROUPS} groups`;
      return delta.row.id < 1 ? `group set ${delta.row.id}: ids begin at 1` : undefined;
    case "acl":
      return aclProblem(delta.row);
    default:
      return undefined;
  }
}

function interfaceProblem(row: InterfaceRow): string | undefined {
  if (row.id < 1 || row.id > MAX_INTERFACE_ID) return `interface ${row.id}: not 1 to ${MAX_INTERFACE_ID}`;
  if (!/^[^\s/:]{1,15}$/.test(row.device)) return `interface ${row.id}: "${row.device}" is no device name`;
  return prefixProblem(row.subnet);
}

function prefixProblem(prefix: InetPrefix): string | undefined {
  if (prefix.length < 0 || prefix.length > 32) return `prefix length ${prefix.length}: not 0 to 32`;
  const outside = prefix.address & ~inetMask(prefix.length);
  return outside === 0 ? undefined : `prefix ${formatInetPrefix(prefix)}: bits after its length`;
}

function membersProblem(id: number, members: readonly EcmpMember[]): string | undefined {
  if (members.length >= 1 && members.length <= MAX_ECMP_MEMBERS) return undefined;
  return `next hop ${id}: ${members.length} members, not 1 to ${MAX_ECMP_MEMBERS}`;
}

function aclProblem(row: AclRow): string | undefined {
  if (row.id < 1) return `acl ${row.id}: ids begin at 1`;
  return row.rules.length > MAX_ACL_RULES ? `acl ${row.id}: more than ${MAX_ACL_RULES} rules` : undefined;
}
