/** A route as a test has an agent say it; addresses as text. */
export interface SaidRoute extends SaidAttributes {
  /** A prefix, a machine's address, or where the host takes what goes to all. */
  readonly to:
    | { readonly kind: "inet"; readonly address: string; readonly length: number }
    | { readonly kind: "inet6"; readonly address: string; readonly length: number }
    | { readonly kind: "machine"; readonly mac: string; readonly ip?: string }
    | { readonly kind: "flooding" };
  readonly label: number;
  readonly encapsulations: readonly number[];
  readonly sequence?: number;
  readonly sticky?: boolean;
  readonly routerMac?: string;
  readonly l3Label?: number;
}

/** What a route may say beside; absent: nothing. */
export interface SaidAttributes {
  readonly communities?: readonly number[];
  readonly tags?: readonly number[];
  readonly localSequence?: number;
  readonly med?: number;
  readonly leaf?: boolean;
  readonly role?: "replicator" | "leaf";
  readonly edgeReplicationNotSupported?: boolean;
}

/** What an agent is told of a route, of its first next hop where it is one's. */
export interface ToldAttributes {
  readonly communities: readonly number[];
  readonly tags: readonly number[];
  readonly localSequence: number;
  readonly med?: number | undefined;
  readonly leaf: boolean;
  /** As AssistedReplication numbers it. */
  readonly role: number;
  readonly edgeReplicationNotSupported?: boolean | undefined;
}

/** A family that an agent asks for. */
export type SaidFamily = "inet6" | "e-vpn";

/** What an agent may say of itself; absent: inet alone, and nothing was preserved. */
export interface SaidHello {
  readonly families?: readonly SaidFamily[];
  readonly forwardingPreserved?: boolean;
}

/**
 * What a test tells the agent process, one JSON line each; hosts are last octets of 10.0.0.0/24, labels 16 more. One with
 * a router's MAC takes VXLAN packets too.
 */
export type AgentCommand =
  | ({ readonly kind: "hello"; readonly address: string } & SaidHello)
  | { readonly kind: "subscribe" | "subscribe-alone"; readonly vrf: string; readonly instanceId: number }
  | { readonly kind: "machine"; readonly uuid: string }
  | { readonly kind: "publish"; readonly vrf: string; readonly hosts: readonly number[]; readonly routerMac?: number }
  | { readonly kind: "withdraw"; readonly vrf: string; readonly hosts: readonly number[] }
  | { readonly kind: "publish-routes" | "withdraw-routes"; readonly vrf: string; readonly routes: readonly SaidRoute[] }
  | { readonly kind: "end-of-rib" };

/** What the agent process prints whenever it changes. */
export interface AgentReport {
  readonly up: boolean;
  readonly ends: readonly string[];
  /** Withdrawals of prefixes since the beginning. */
  readonly withdrawn: number;
  /** Labels by "instance destination": see destinationText. */
  readonly routes: Readonly<Record<string, readonly number[]>>;
  /** What is told of them beside, of those that say anything. */
  readonly attributes: Readonly<Record<string, ToldAttributes>>;
}
