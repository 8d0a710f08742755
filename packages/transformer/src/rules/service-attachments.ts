import { type ConfigObject, type JsonObject, list, record } from "@contrail/schema";
import type { DerivedObject } from "../derived.ts";
import type { Fact } from "../fact-table.ts";
import type { Reader } from "../flow.ts";
import { objectOf, referrersOf } from "../intent-tables.ts";
import { text } from "../json-read.ts";
import { attachedCopy } from "./attached-copy.ts";
import { link } from "./links.ts";
import { interfacesOf, type Member, type ServicePort } from "./service.ts";

interface Attached {
  readonly objects: readonly DerivedObject[];
  readonly facts: readonly Fact[];
}

/**
 * Health checks and interface route tables that refer to a service hold for the interfaces of the side that they name.
 * Each gets a derived copy for the service and the side, and the interfaces refer to the copy: a reference to a client's
 * own object could not be told from one that the client made. Static routes in the instance itself become such a table.
 */
export function attachments(
  read: Reader,
  instance: ConfigObject,
  template: ConfigObject,
  members: readonly Member[],
): Attached {
  const name = instance.fqName.join(":");
  const copies: { readonly side: string; readonly object: DerivedObject }[] = [];
  for (const [kind, type] of KINDS) {
    for (const [other, attr] of referrersOf(read, kind, name)) {
      const side = text(record(attr).interface_type);
      const object = attachedCopy(type, objectOf(read, type, other), `${instance.fqName.at(-1)}__${side}`);
      if (side !== undefined && object !== undefined) copies.push({ side, object });
    }
  }
  for (const { type: side, given } of interfacesOf(instance, template)) {
    if (list(record(given.static_routes).route).length > 0)
      copies.push({ side, object: routesOf(instance, side, given) });
  }
  const facts = copies.flatMap(({ side, object: { type, fqName } }) =>
    portsOf(members, side).map((port) => link(port, { toType: type, toFqName: fqName, attr: {} })),
  );
  return { objects: copies.map(({ object }) => object), facts };
}

const KINDS = [
  ["service-health-check>service-instance", "service-health-check"],
  ["interface-route-table>service-instance", "interface-route-table"],
] as const;

function portsOf(members: readonly Member[], side: string): ServicePort[] {
  return side === "left" || side === "right" ? members.flatMap((member) => member[side]) : [];
}

/** The static routes that an instance names for a side. */
function routesOf(instance: ConfigObject, side: string, given: JsonObject): DerivedObject {
  return {
    type: "interface-route-table",
    fqName: [...instance.fqName.slice(0, -1), `${instance.fqName.at(-1)}__${side}`],
    parentType: "project",
    refs: [],
    properties: { interface_route_table_routes: record(given.static_routes) },
  };
}
