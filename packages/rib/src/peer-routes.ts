import {
  FAMILIES,
  type FamilyName,
  type InetVpnRoute,
  type PathAttributes,
  type RouteOf,
  type Update,
} from "@contrail/bgp";
import type { AttributeTable } from "./attribute-table.ts";
import {
  type ImportPolicy,
  type Infeasibility,
  infeasibility,
  onlyToCustomerOf,
  type ReflectionIdentity,
} from "./import-policy.ts";
import { type KeyedFamily, learntVpnPath, type Path, type PathSource, type Said } from "./path.ts";
import type { Tables } from "./tables.ts";

/** What routes of BGP peers need of the tables. */
export interface PeerRoutesOptions {
  readonly tables: Tables;
  readonly attributes: AttributeTable;
  readonly autonomousSystem: number;
  /** Our BGP identifier. */
  readonly routerId: number;
  /** The routes of a peer inside an instance are to be looked at again: what is in the tables is made of them. */
  insideChanged(peer: PathSource): void;
}

/** Puts what BGP peers say into the tables, looked at by how each is configured. */
export class PeerRoutes {
  readonly #tables: Tables;
  readonly #attributes: AttributeTable;
  readonly #insideChanged: PeerRoutesOptions["insideChanged"];
  readonly #policies = new Map<PathSource, ImportPolicy>();
  readonly #plainPolicy: ImportPolicy;
  #identity: ReflectionIdentity;

  constructor({ tables, attributes, autonomousSystem, routerId, insideChanged }: PeerRoutesOptions) {
    this.#tables = tables;
    this.#attributes = attributes;
    this.#insideChanged = insideChanged;
    this.#identity = { routerId, clusterId: undefined };
    const ownAses = [autonomousSystem];
    this.#plainPolicy = { ownAses, loopCount: 0, familyLoopCounts: {}, peerAs: 0, role: undefined, origin: undefined };
  }

  /** How a peer's routes are looked at. */
  policyOf(peer: PathSource): ImportPolicy {
    return this.#policies.get(peer) ?? this.#plainPolicy;
  }

  /** Says how a peer's routes are looked at; those that it has given already are looked at again. */
  setPolicy(peer: PathSource, policy: ImportPolicy): void {
    this.#policies.set(peer, policy);
    this.#judgeAgain(peer);
  }

  /** Reflects for a cluster, or for none (RFC 4456); what has come through that cluster is looked at again. */
  setCluster(clusterId: number | undefined): void {
    if (this.#identity.clusterId === clusterId) return;
    this.#identity = { ...this.#identity, clusterId };
    for (const peer of this.#policies.keys()) this.#judgeAgain(peer);
  }

  /** Nothing is known of a peer any more; what it has said goes apart from this. */
  forget(peer: PathSource): void {
    this.#policies.delete(peer);
  }

  /** Why attributes of a peer are kept and never used; undefined where they may be. */
  infeasibility(peer: PathSource, attributes: PathAttributes, family: FamilyName): Infeasibility | undefined {
    return infeasibility(attributes, family, peer, this.policyOf(peer), this.#identity);
  }

  /** Applies an UPDATE. */
  update(peer: PathSource, update: Update, fourOctetAs: boolean): void {
    for (const unreach of update.unreach) {
      const { pathIds } = unreach;
      if (unreach.family === "inet-vpn") {
        for (const [index, route] of unreach.routes.entries()) this.#tables.takeVpn(route, peer, pathIds?.[index]);
      } else {
        const { family, routes } = unreach;
        for (const [index, route] of routes.entries()) this.#tables.take(family, route, peer, pathIds?.[index]);
      }
    }
    if (update.announced === undefined) return;
    const { bytes, attributes } = update.announced;
    const policy = this.policyOf(peer);
    for (const reach of update.reach) {
      const { nextHop, family, pathIds } = reach;
      const onlyToCustomer = onlyToCustomerOf(attributes, family, policy);
      const given = this.#attributes.internBytes(bytes, fourOctetAs, attributes, onlyToCustomer);
      const interned = policy.origin === undefined ? given : this.#attributes.ofOrigin(given, policy.origin);
      // Judged as it came: what we add to it on receipt is no reason to refuse it.
      const feasible = this.infeasibility(peer, attributes, family) === undefined;
      const said = { source: peer, nextHop, attributes: interned, feasible };
      if (reach.family === "inet-vpn") {
        for (const [index, route] of reach.routes.entries()) this.#putVpn(route, said, pathIds?.[index]);
      } else {
        const keyed = reach.family;
        for (const [index, route] of reach.routes.entries()) this.put(keyed, route, said, pathIds?.[index]);
      }
    }
  }

  /** Takes or replaces one route of a family. */
  put(family: KeyedFamily, route: RouteOf<KeyedFamily>, said: Said, pathId = 0): void {
    const label = "label" in route ? route.label : 0;
    this.#tables.put(family, route, { ...said, label, route, instance: undefined, stale: false, pathId, id: 0 });
  }

  #putVpn(route: InetVpnRoute, said: Said, pathId = 0): void {
    this.#tables.putVpn(route, learntVpnPath(said, route.label, pathId));
  }

  #judgeAgain(peer: PathSource): void {
    if (peer.kind === "bgpaas") {
      this.#insideChanged(peer);
      return;
    }
    this.#tables.revise(peer, FAMILIES, ({ family }, path): Path => {
      const attributes = this.#attributes.ofOrigin(path.attributes, this.policyOf(peer).origin);
      const feasible = this.infeasibility(peer, attributes, family) === undefined;
      return feasible === path.feasible && attributes === path.attributes ? path : { ...path, attributes, feasible };
    });
  }
}
