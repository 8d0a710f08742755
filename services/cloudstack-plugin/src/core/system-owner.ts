import type { CloudNetwork, CloudOwner } from "./cloud.ts";

/** CloudStack's account that owns what is for all of a domain, as shared networks; listAccounts does not have it. */
const SYSTEM = "system";
/** Where a uuid tells its version (RFC 9562 section 5.8: 8 is for custom ones). */
const VERSION_AT = 14;

/** The uuid of the project that stands for that account in a domain: the domain's own, marked as a custom one. */
export function systemUuid(domainUuid: string): string {
  return `${domainUuid.slice(0, VERSION_AT)}8${domainUuid.slice(VERSION_AT + 1)}`;
}

/** The owner of a network for all of a domain; undefined for one of an account or project. */
export function systemOwner({ projectUuid: uuid, domain }: CloudNetwork): CloudOwner | undefined {
  return uuid !== undefined && uuid === systemUuid(domain.uuid)
    ? { kind: "account", uuid, name: SYSTEM, domain }
    : undefined;
}

/** Owners with those of networks for all of a domain behind them. */
export function withSystemOwners(
  owners: readonly CloudOwner[],
  networks: readonly CloudNetwork[],
): readonly CloudOwner[] {
  const found = networks.flatMap((network) => systemOwner(network) ?? []);
  return [...owners, ...new Map(found.map((owner) => [owner.uuid, owner])).values()];
}
