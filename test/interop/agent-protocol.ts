/**
 * What a test tells the agent process, one JSON line each; hosts are last octets of 10.0.0.0/24, labels 16 more. One with
 * a router's MAC takes VXLAN packets too.
 */
export type AgentCommand =
  | { readonly kind: "hello"; readonly address: string }
  | { readonly kind: "subscribe"; readonly vrf: string; readonly instanceId: number }
  | { readonly kind: "publish"; readonly vrf: string; readonly hosts: readonly number[]; readonly routerMac?: number }
  | { readonly kind: "withdraw"; readonly vrf: string; readonly hosts: readonly number[] }
  | { readonly kind: "end-of-rib" };

/** What the agent process prints whenever it changes. */
export interface AgentReport {
  readonly up: boolean;
  readonly ends: readonly string[];
  /** Withdrawals of prefixes since the beginning. */
  readonly withdrawn: number;
  /** Labels by "instance address/length", the address as a number. */
  readonly routes: Readonly<Record<string, readonly number[]>>;
}
