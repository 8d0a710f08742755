import type { ConfigObject } from "@contrail/schema";
import type { DerivedObject } from "../derived.ts";

/** Types whose objects are attached to interfaces, with the property that says what they are. */
const PROPERTY = {
  "service-health-check": "service_health_check_properties",
  "interface-route-table": "interface_route_table_routes",
} as const;

/** A type of what can be attached. */
export type AttachedType = keyof typeof PROPERTY;

/**
 * A copy of a client's object for some interfaces: their references to it can be told from those that clients make.
 * Undefined where the object says nothing.
 */
export function attachedCopy(
  type: AttachedType,
  given: ConfigObject | undefined,
  suffix: string,
): DerivedObject | undefined {
  const value = given?.properties[PROPERTY[type]];
  if (given === undefined || value === undefined || value === null) return undefined;
  return {
    type,
    fqName: [...given.fqName.slice(0, -1), `${given.fqName.at(-1)}__${suffix}`],
    parentType: "project",
    refs: [],
    properties: { [PROPERTY[type]]: value },
  };
}
