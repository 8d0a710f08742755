import type { ConfigGraph, GraphChange } from "@contrail/graph";
import { desiredPeers } from "../core/bgp-peers.ts";
import type { DesiredPeer } from "../core/desired-peer.ts";
import { innerPeers } from "../core/inner-peers.ts";
import type { BgpSpeaker } from "./bgp/session-port.ts";
import type { BgpExchange } from "./bgp-exchange.ts";
import type { InnerExchange } from "./inner-exchange.ts";

/** Objects that say who the peers are, and how they are spoken to. */
const PEER_TYPES: ReadonlySet<string> = new Set(["bgp-router", "global-system-config", "global-qos-config"]);
/** Objects that routers of tenants depend on beside these. */
const INNER_TYPES: ReadonlySet<string> = new Set([
  ...["bgp-router", "bgp-as-a-service", "virtual-router", "routing-instance", "virtual-network", "network-ipam"],
]);

/** The configuration of a node, its name, and those who speak to its peers. */
export interface PeersTargets {
  readonly name: string;
  readonly graph: ConfigGraph;
  readonly speaker: Pick<BgpSpeaker, "setPeers">;
  readonly exchange: Pick<BgpExchange, "setPeers">;
  readonly inner: Pick<InnerExchange, "setPeers">;
}

/** Routers of tenants and all others come to one speaker: what changes of the ones leaves the others alone. */
export class PeersReceiver {
  readonly #targets: PeersTargets;
  #outer: readonly DesiredPeer[] = [];
  #tenants: readonly DesiredPeer[] = [];
  #tenantsChanged = false;

  constructor(targets: PeersTargets) {
    this.#targets = targets;
  }

  changed({ type }: GraphChange): void {
    const { name, graph, exchange } = this.#targets;
    this.#tenantsChanged ||= INNER_TYPES.has(type);
    if (!PEER_TYPES.has(type)) return;
    this.#outer = desiredPeers(graph, name);
    this.#setPeers();
    exchange.setPeers(this.#outer);
  }

  /** Routers of tenants may be many, and depend on much: they are looked at once for all changes of a turn. */
  flush(): void {
    if (!this.#tenantsChanged) return;
    this.#tenantsChanged = false;
    const before = this.#tenants.length;
    this.#tenants = innerPeers(this.#targets.graph, this.#targets.name);
    if (before + this.#tenants.length === 0) return;
    this.#setPeers();
    this.#targets.inner.setPeers();
  }

  #setPeers(): void {
    this.#targets.speaker.setPeers([...this.#outer, ...this.#tenants]);
  }
}
