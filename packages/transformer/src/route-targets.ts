import { type JsonObject, record } from "@contrail/schema";
import type { DerivedObject, DerivedReference } from "./derived.ts";
import { texts } from "./json-read.ts";
import { type NumberPool, RangedPools } from "./numbers.ts";

/** Numbers of a target: those below are left to users (RFC 4360 section 4, RFC 5668: an AS of 4 octets leaves 2). */
const SHORT_AS = { first: 8_000_000, last: 0xffffff };
const LONG_AS = { first: 8_000, last: 0x7fff };
const LAST_SHORT_AS = 0xffff;

/** Numbers of the system's targets: an AS of four octets has a pool of its own. */
export class TargetNumbers extends RangedPools {
  /** The pool under an AS. */
  under(autonomousSystem: number): NumberPool {
    return this.within(autonomousSystem > LAST_SHORT_AS ? LONG_AS : SHORT_AS);
  }
}

/** The number of a target that the system may have given, under whatever AS; undefined for one of another form. */
export function systemNumber(routeTarget: string): number | undefined {
  const found = /^target:[0-9]+:([0-9]+)$/.exec(routeTarget);
  return found === null ? undefined : Number(found[1]);
}

/** Which way a target counts: null for both (InstanceTargetType). */
export type TargetDirection = "import" | "export" | null;

/** A target and the way it counts. */
export interface DirectedTarget {
  readonly target: string;
  readonly direction: TargetDirection;
}

/** The targets that the lists of a network, a bgpvpn or a logical router name. */
export function configuredTargets(properties: JsonObject): DirectedTarget[] {
  const named = (property: string, direction: TargetDirection): DirectedTarget[] =>
    texts(record(properties[property]).route_target).map((target) => ({ target, direction }));
  return [
    ...named("route_target_list", null),
    ...named("configured_route_target_list", null),
    ...named("import_route_target_list", "import"),
    ...named("export_route_target_list", "export"),
  ];
}

/** Targets of an instance with their directions; what is imported and exported counts both ways. Keeps the order. */
export class TargetList {
  readonly #directions = new Map<string, TargetDirection>();

  add({ target, direction }: DirectedTarget): void {
    const known = this.#directions.get(target);
    if (known === undefined) this.#directions.set(target, direction);
    else if (known !== direction) this.#directions.set(target, null);
  }

  /** The references of a routing instance. */
  references(): DerivedReference[] {
    return [...this.#directions].map(([target, direction]) => {
      const attr = direction === null ? {} : { import_export: direction };
      return { toType: "route-target", toFqName: [target], attr };
    });
  }

  /** The targets as objects. */
  objects(): DerivedObject[] {
    return [...this.#directions.keys()].map(routeTargetObject);
  }
}

/** A route target as an object: it is its name. */
export function routeTargetObject(target: string): DerivedObject {
  return { type: "route-target", fqName: [target], parentType: undefined, refs: [], properties: {} };
}
