import type { PathAttributes } from "@contrail/bgp";
import { bitsOf, type IpPrefix } from "../ip-prefix.ts";
import type { Path } from "../path.ts";
import type { PolicyTerm, RouteProtocol, RoutingPolicy } from "./routing-policy.ts";
import { matches } from "./term-match.ts";
import { updated } from "./term-update.ts";

/** The routing policies of an instance, in their sequence: what they make of the routes in it. */
export class InstancePolicy {
  readonly #instance: string;
  readonly #policies: readonly RoutingPolicy[];
  readonly #intern: (attributes: PathAttributes) => PathAttributes;
  /** What a term has made of attributes: routes share these. */
  readonly #made = new WeakMap<PolicyTerm, WeakMap<PathAttributes, PathAttributes>>();

  constructor(
    instance: string,
    policies: readonly RoutingPolicy[],
    intern: (attributes: PathAttributes) => PathAttributes,
  ) {
    this.#instance = instance;
    this.#policies = policies;
    this.#intern = intern;
  }

  /** The attributes that the policies leave a route, interned; undefined where they reject it. */
  apply(given: PathAttributes, prefix: IpPrefix, protocols: readonly RouteProtocol[]): PathAttributes | undefined {
    let attributes = given;
    for (const { terms } of this.#policies) {
      for (const term of terms) {
        if (!matches(term.match, { prefix, protocols, attributes })) continue;
        attributes = this.#updated(attributes, term);
        if (term.action === "reject") return undefined;
        if (term.action === "accept") return attributes;
        if (term.action === "next-policy") break;
      }
    }
    return attributes;
  }

  /** A path that is imported as it counts in the instance; what was put in here itself has been through already. */
  imported(path: Path, prefix: IpPrefix): Path | undefined {
    if (path.instance === this.#instance) return path;
    const attributes = this.apply(path.attributes, prefix, protocolsOf(path, prefix));
    if (attributes === undefined) return undefined;
    return attributes === path.attributes ? path : { ...path, attributes };
  }

  #updated(attributes: PathAttributes, term: PolicyTerm): PathAttributes {
    let made = this.#made.get(term);
    if (made === undefined) {
      made = new WeakMap();
      this.#made.set(term, made);
    }
    let after = made.get(attributes);
    if (after === undefined) {
      after = updated(attributes, term.update);
      if (after !== attributes) after = this.#intern(after);
      made.set(attributes, after);
    }
    return after;
  }
}

/**
 * What policies call the origin of a path. Agents do not say which of their routes are interfaces: those of one address
 * are, the others come from interface route tables.
 */
export function protocolsOf({ source }: Pick<Path, "source">, prefix: IpPrefix): RouteProtocol[] {
  switch (source.kind) {
    case "agent":
      return ["xmpp", prefix.length === bitsOf(prefix.address) ? "interface" : "interface-static"];
    case "service-chain":
    case "static":
    case "aggregate":
      return [source.kind];
    case "bgpaas":
      return ["bgp", "bgpaas"];
    case "local":
    case "internal-peer":
    case "external-peer":
      return ["bgp"];
  }
}
