import type { PathAttributes } from "@contrail/bgp";
import { bitsOf, type IpPrefix } from "../ip-prefix.ts";
import type { Path } from "../path.ts";
import type { InstanceSettings } from "../vrf-table.ts";
import { hasPassedElsewhere } from "./passed-elsewhere.ts";
import type { PolicyTerm, RouteProtocol, RoutingPolicy, SubProtocol } from "./routing-policy.ts";
import { matchesAttributes, matchesRoute } from "./term-match.ts";
import { updated } from "./term-update.ts";

/** The routing policies of an instance, in their sequence: what they make of the routes in it. */
export class InstancePolicy {
  readonly #policies: readonly RoutingPolicy[];
  readonly #intern: (attributes: PathAttributes) => PathAttributes;
  /** What terms have made of attributes, and which they are for: routes share these. */
  readonly #made = new WeakMap<PolicyTerm, WeakMap<PathAttributes, PathAttributes>>();
  readonly #matched = new WeakMap<PolicyTerm, WeakMap<PathAttributes, boolean>>();

  constructor(policies: readonly RoutingPolicy[], intern: (attributes: PathAttributes) => PathAttributes) {
    this.#policies = policies;
    this.#intern = intern;
  }

  /** Undefined where there are no policies. */
  static of(
    policies: readonly RoutingPolicy[],
    intern: (attributes: PathAttributes) => PathAttributes,
  ): InstancePolicy | undefined {
    return policies.length === 0 ? undefined : new InstancePolicy(policies, intern);
  }

  /** The attributes that the policies leave a route, interned; undefined where they reject it. */
  apply(given: PathAttributes, prefix: IpPrefix, protocols: readonly RouteProtocol[]): PathAttributes | undefined {
    let attributes = given;
    for (const { terms } of this.#policies) {
      for (const term of terms) {
        if (!matchesRoute(term.match, prefix, protocols) || !this.#matches(term, attributes)) continue;
        attributes = this.#updated(attributes, term);
        if (term.action === "reject") return undefined;
        if (term.action === "accept") return attributes;
        if (term.action === "next-policy") break;
      }
    }
    return attributes;
  }

  /**
   * A path that is imported as it counts in the instance; what was put into it, here or by another control node, has been
   * through already. settings: those of the instance.
   */
  imported(path: Path, prefix: IpPrefix, settings: InstanceSettings): Path | undefined {
    if (path.instance === settings.name || hasPassedElsewhere(path, settings)) return path;
    const attributes = this.apply(path.attributes, prefix, protocolsOf(path, prefix));
    if (attributes === undefined) return undefined;
    return attributes === path.attributes ? path : { ...path, attributes };
  }

  #matches(term: PolicyTerm, attributes: PathAttributes): boolean {
    return remembered(this.#matched, term, attributes, () => matchesAttributes(term.match, attributes));
  }

  #updated(attributes: PathAttributes, term: PolicyTerm): PathAttributes {
    return remembered(this.#made, term, attributes, () => {
      const after = updated(attributes, term.update);
      return after === attributes ? attributes : this.#intern(after);
    });
  }
}

/** What has been found of a term and attributes, found once. */
function remembered<Value>(
  known: WeakMap<PolicyTerm, WeakMap<PathAttributes, Value>>,
  term: PolicyTerm,
  attributes: PathAttributes,
  find: () => Value,
): Value {
  let byAttributes = known.get(term);
  if (byAttributes === undefined) {
    byAttributes = new WeakMap();
    known.set(term, byAttributes);
  }
  let value = byAttributes.get(attributes);
  if (value === undefined) {
    value = find();
    byAttributes.set(attributes, value);
  }
  return value;
}

/**
 * What policies call the origin of a path. Where an agent has not said which of its routes are interfaces, those of one
 * address are, and the others come from interface route tables.
 */
export function protocolsOf(
  { source }: Pick<Path, "source">,
  prefix: IpPrefix,
  subProtocol?: SubProtocol,
): RouteProtocol[] {
  switch (source.kind) {
    case "agent":
      return ["xmpp", subProtocol ?? (prefix.length === bitsOf(prefix.address) ? "interface" : "interface-static")];
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
