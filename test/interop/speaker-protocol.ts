import type { FamilyName, SessionParameters } from "@contrail/bgp";
import type { DesiredPeer } from "@contrail/control-node/bgp";

/** A VPN route as people write it. */
export interface VpnRouteText {
  readonly rd: string;
  readonly prefix: string;
  readonly label: number;
}

/** What the test tells the speaker process, one JSON line each. */
export type SpeakerCommand =
  | { readonly kind: "set-peers"; readonly peers: readonly DesiredPeer[] }
  | {
      readonly kind: "announce";
      readonly peer: string;
      readonly nextHop: string;
      readonly routes: readonly VpnRouteText[];
      readonly routeTargets: readonly string[];
      readonly encapsulations: readonly number[];
      readonly originNetworks: readonly number[];
      readonly securityGroups: readonly number[];
    }
  | { readonly kind: "want-route-target"; readonly peer: string; readonly routeTarget: string }
  | { readonly kind: "withdraw"; readonly peer: string; readonly routes: readonly VpnRouteText[] }
  | { readonly kind: "end-of-rib"; readonly peer: string; readonly family: FamilyName };

/** What the speaker process tells the test. */
export type SpeakerEvent =
  | { readonly kind: "ready" }
  | { readonly kind: "established"; readonly peer: string; readonly parameters: SessionParameters }
  | {
      readonly kind: "announced";
      readonly peer: string;
      readonly family: FamilyName;
      readonly rd?: string;
      readonly prefix: string;
      readonly label?: number;
      readonly nextHop: string;
      readonly routeTargets: readonly string[];
      readonly encapsulations: readonly number[];
      readonly originNetworks: readonly number[];
      readonly securityGroups: readonly number[];
    }
  | {
      readonly kind: "withdrawn";
      readonly peer: string;
      readonly family: FamilyName;
      readonly rd?: string;
      readonly prefix: string;
    }
  | { readonly kind: "end-of-rib"; readonly peer: string; readonly family: FamilyName }
  | { readonly kind: "route-refresh"; readonly peer: string; readonly family: FamilyName }
  | { readonly kind: "down"; readonly peer: string; readonly reason: string };
