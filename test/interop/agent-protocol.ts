/** A route of another family than inet; addresses as text. */
export interface SaidRoute {
  /** A prefix, a machine's address, or where the host takes what goes to all. */
  readonly to:
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
  | { readonly kind: "subscribe"; readonly vrf: string; readonly instanceId: number }
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
}
