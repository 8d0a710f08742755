/** A domain of CloudStack; the path of the root is "ROOT". */
export interface CloudDomain {
  readonly uuid: string;
  /** As "ROOT/customers/a". */
  readonly path: string;
}

/** True for the domain that is in every cloud. */
export function isRoot({ path }: CloudDomain): boolean {
  return path === "ROOT";
}

/** Whom a network belongs to. */
export interface CloudOwner {
  readonly kind: "account" | "project";
  readonly uuid: string;
  readonly name: string;
  readonly domain: CloudDomain;
}

/** A guest network. */
export interface CloudNetwork {
  readonly uuid: string;
  readonly name: string;
  /** Allocated, Implementing, Implemented, Shutdown, Setup, Destroy. */
  readonly state: string;
  /** The database number that our broadcast URI tells; undefined where the network has no such URI. */
  readonly networkId: string | undefined;
  /** Where machines get addresses: all of the network, or the part of it that CloudStack may use (guestvmcidr). */
  readonly cidr: string | undefined;
  /** The whole prefix, where machines get addresses of a part of it only; undefined elsewhere. */
  readonly wholeCidr?: string | undefined;
  readonly gateway: string | undefined;
  /** Addresses, joined by ",", as the extension's payload has them. */
  readonly nameServers: string | undefined;
  readonly domainName: string | undefined;
  /** Names of services, as Dhcp. */
  readonly services: ReadonlySet<string>;
  readonly ownerName: string;
  readonly projectUuid: string | undefined;
  readonly domain: CloudDomain;
}

/** A NIC of a machine of a user. */
export interface CloudNic {
  readonly uuid: string;
  readonly networkUuid: string;
  readonly mac: string | undefined;
  readonly ip: string | undefined;
  readonly isDefault: boolean;
  readonly secondary: readonly { readonly uuid: string; readonly ip: string }[];
  readonly machineUuid: string;
  readonly machineName: string;
  /** Running, Stopped, Starting, Stopping, Migrating, Destroyed, Expunging, Error. */
  readonly machineState: string;
}

/** A NIC of a virtual router, an internal load balancer or a system VM: no machine of a user, but its port is in use. */
export interface SystemNic {
  /** undefined where CloudStack does not tell it. */
  readonly uuid: string | undefined;
  readonly mac: string | undefined;
  readonly machineUuid: string;
}

/** The objects of the configuration that a list of CloudStack's is about. */
export type ListedType = "domain" | "project" | "virtual-network" | "virtual-machine" | "virtual-machine-interface";

/** An item of a list that is not understood. Unknown is not absent: what could belong to it stays. */
export interface UnknownItem {
  readonly type: ListedType;
  /** undefined where that is not legible either. */
  readonly uuid: string | undefined;
  readonly name: string | undefined;
  /** Of a NIC: its machine. */
  readonly machineUuid: string | undefined;
  /** Which list, and what of the item. */
  readonly problem: string;
}

/** A list that CloudStack refuses to give: what it would hold is not known. */
export interface MissingList {
  readonly command: string;
  readonly problem: string;
}

/** The NICs of machines that are not of users. */
export interface SystemNics {
  readonly nics: readonly SystemNic[];
  readonly unknown: readonly UnknownItem[];
  readonly missing: readonly MissingList[];
}

/** The NICs of a network. */
export interface NetworkNics {
  readonly nics: readonly CloudNic[];
  readonly unknown: readonly UnknownItem[];
}

/** All that the reconciler wants of CloudStack, at one time. */
export interface Cloud {
  readonly domains: readonly CloudDomain[];
  readonly owners: readonly CloudOwner[];
  readonly networks: readonly CloudNetwork[];
  readonly nics: readonly CloudNic[];
  readonly system: readonly SystemNic[];
  /** Of all lists. */
  readonly unknown: readonly UnknownItem[];
  readonly missing: readonly MissingList[];
}

/** What ensure-network-device answers as its device; CloudStack shows it in a network's details. */
export const DEVICE = "opencontrail";
