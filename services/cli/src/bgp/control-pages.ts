/** Pages of a control node's introspect, as far as they are shown. */

/** A BGP peer of `neighbours`. */
export interface Neighbour {
  readonly name: string;
  readonly address: string;
  readonly peerAs: number;
  readonly state: string;
  readonly establishedForMs: number;
  readonly establishedCount: number;
  readonly lastDownReason: string;
  readonly shutdownText: string;
  readonly messagesReceived: Readonly<Record<string, number>>;
  readonly messagesSent: Readonly<Record<string, number>>;
  readonly updatesReceived: number;
  readonly treatedAsWithdraw: number;
  readonly attributesDiscarded: number;
  readonly disabledFamilies: readonly string[];
  readonly outputBytes: number;
  readonly capabilities?: { readonly local?: readonly Capability[]; readonly peer?: readonly Capability[] };
  readonly parameters?: {
    readonly families: readonly string[];
    readonly holdTimeMs: number;
    readonly external: boolean;
  };
}

export interface Capability {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** What a peer with a session has given and been sent. */
export interface NeighbourRoutes {
  readonly name: string;
  readonly inStep: boolean;
  readonly missed: number;
  readonly memberships?: number;
  /** Routes that are not said, as their attributes do not fit into a message; older nodes do not tell. */
  readonly untold?: number;
  readonly received: Readonly<Record<string, number>>;
  readonly advertised: Readonly<Record<string, number>>;
}

export interface NeighboursPage {
  readonly peers: readonly Neighbour[];
  readonly output: readonly NeighbourRoutes[];
}

export interface NeighbourPage extends Neighbour {
  readonly routes?: NeighbourRoutes;
}

/** A path of `bgp-routes`; with its reason in `why`. */
export interface RoutePath {
  readonly source: string;
  readonly nextHop: string;
  readonly label: number;
  readonly asPath: string;
  readonly origin: string;
  readonly localPreference?: number;
  readonly med?: number;
  readonly targets: readonly string[];
  readonly stale: boolean;
  readonly feasible: boolean;
  readonly best: boolean;
  readonly reason?: string;
}

export interface TableRoute {
  readonly family: string;
  readonly route: string;
  readonly paths: readonly RoutePath[];
}

export interface ExplainedRoute extends TableRoute {
  readonly instances: readonly {
    readonly instance: string;
    readonly imported: boolean;
    readonly reason?: string;
    /** What of the instance's policies does not count. */
    readonly policyProblems?: readonly { readonly policy: string; readonly reason: string }[];
  }[];
  readonly peers: readonly {
    readonly peer: string;
    readonly advertised: boolean;
    readonly waits: boolean;
    readonly reason?: string;
  }[];
}

/** A route of an instance, of `routes` (by prefix) or `instance-routes` (by text). */
export interface InstanceRoute {
  readonly prefix?: string;
  readonly text?: string;
  readonly localPreference: number;
  readonly nextHops: readonly {
    readonly address: string;
    readonly label: number;
    readonly virtualNetworkId: number;
    readonly securityGroupIds: readonly number[];
  }[];
}
