import type { ConfigChange, ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { type DerivedLinks, type DerivedObject, derivedKey } from "../derived.ts";
import { createTransformer, type Transformer } from "../transformer.ts";

/** One thing that happens to the store or to the transformer. */
export type Step =
  | { readonly kind: "put"; readonly object: ConfigObject }
  | { readonly kind: "remove"; readonly type: string; readonly name: string }
  /** Carries out so many of the pending writes. */
  | { readonly kind: "settle"; readonly writes: number }
  /** A new transformer reads the store in an order that the number chooses. */
  | { readonly kind: "restart"; readonly order: number };

/** An object of a client: "d:p:name", or the name alone for a type that has no parent. */
export function intent(
  type: string,
  name: string,
  refs: readonly Omit<ConfigObject["refs"][number], "toUuid">[] = [],
  properties: JsonObject = {},
): ConfigObject {
  const fqName = ROOTLESS.has(type) ? [name] : ["d", "p", ...name.split("/")];
  return {
    type,
    uuid: `${type}-${name}`,
    fqName,
    parentType: "project",
    parentUuid: "p",
    revision: 1n,
    refs: refs.map((ref) => ({ ...ref, toUuid: uuidOf(ref.toType, ref.toFqName) })),
    properties,
    derived: false,
    epoch: 0n,
  };
}

function uuidOf(type: string, fqName: readonly string[]): string {
  return `${type}-${(ROOTLESS.has(type) ? fqName : fqName.slice(2)).join("/")}`;
}

const ROOTLESS = new Set(["global-system-config", "instance-ip", "virtual-machine"]);

/** A reference of a client to an object of the same project. */
export function to(toType: string, name: string, attr: JsonObject | null = null) {
  return { toType, toFqName: ROOTLESS.has(toType) ? [name] : ["d", "p", ...name.split("/")], attr };
}

/** The store: what clients wrote and what the transformer wrote, and the transformer that is fed with both. */
export class World {
  transformer: Transformer = createTransformer();
  readonly intents = new Map<string, ConfigObject>();
  readonly derived = new Map<string, ConfigObject>();
  readonly #reach: (what: string) => void;

  constructor(reach: (what: string) => void = () => {}) {
    this.#reach = reach;
  }

  /** Puts objects of clients. */
  put(...objects: readonly ConfigObject[]): this {
    for (const object of objects) this.#put(object);
    return this;
  }

  /** Takes an object of a client away. */
  remove(type: string, name: string): this {
    this.take({ kind: "remove", type, name });
    return this;
  }

  /** What is wanted of a type and name ("d:p:name"). */
  wanted(type: string, name: string): DerivedObject | undefined {
    return this.transformer.desired().get(`${type} ${name}`);
  }

  take(step: Step): void {
    switch (step.kind) {
      case "put":
        this.#put(step.object);
        return;
      case "remove": {
        const object = this.intents.get(`${step.type}-${step.name}`);
        if (object === undefined) return;
        this.intents.delete(object.uuid);
        this.transformer.apply(removal(object));
        return;
      }
      case "settle":
        this.#reach(step.writes === 0 ? "settled whole" : "settled in part");
        this.settle(step.writes === 0 ? Number.POSITIVE_INFINITY : step.writes);
        return;
      case "restart":
        this.#reach("restarted");
        this.transformer = createTransformer();
        for (const object of shuffled([...this.intents.values(), ...this.derived.values()], step.order)) {
          this.transformer.apply({ kind: "upsert", object });
        }
    }
  }

  /** Carries out pending writes, upserts first, as the node does. */
  settle(writes: number): void {
    const { upserts, links, removes } = this.transformer.pending();
    let left = writes;
    for (const item of upserts) if (left-- > 0) this.#write(item);
    for (const item of links) if (left-- > 0) this.#link(item);
    for (const name of removes) {
      const object = this.derived.get(derivedKey(name));
      if (object === undefined || this.#isHeld(object) || left-- <= 0) continue;
      this.#letGo(object);
      this.derived.delete(derivedKey(object));
      this.transformer.apply(removal(object));
    }
  }

  /** Settles until nothing is pending: what is written may make more wanted. Gives the number of rounds. */
  settleWhole(): number {
    for (let round = 1; round < 10; round++) {
      this.settle(Number.POSITIVE_INFINITY);
      const { upserts, links, removes } = this.transformer.pending();
      if (upserts.length + links.length + removes.length === 0) return round;
    }
    throw new Error(`never settled: ${JSON.stringify(this.transformer.pending())}`);
  }

  /** The transformer that finds the store as it is when all that is wanted now has been written, in any order. */
  rebuilt(order: number): Transformer {
    const transformer = createTransformer();
    const links = [...this.transformer.desiredLinks().values()];
    const intents = [...this.intents.values()].map((object) =>
      links.reduce((made, item) => linked(made, item), object),
    );
    const derived = [...this.transformer.desired()].map(([key, item]) => this.#stored(item, this.derived.get(key)));
    const known = derived.filter(({ type, properties }) => {
      return type !== "instance-ip" || properties.instance_ip_address !== undefined;
    });
    for (const object of shuffled([...intents, ...known], order)) transformer.apply({ kind: "upsert", object });
    return transformer;
  }

  /** A client's change: the references to derived objects stay, as most clients send back what they have read. */
  #put(object: ConfigObject): void {
    this.intents.set(object.uuid, object);
    this.transformer.apply({ kind: "upsert", object });
  }

  #write(item: DerivedObject): void {
    const object = this.#stored(item, this.derived.get(derivedKey(item)));
    const address =
      object.type === "instance-ip"
        ? (object.properties.instance_ip_address ?? this.#freeAddress(object.properties.instance_ip_family))
        : null;
    const whole =
      address === null ? object : { ...object, properties: { ...object.properties, instance_ip_address: address } };
    this.derived.set(derivedKey(item), whole);
    this.transformer.apply({ kind: "upsert", object: whole });
  }

  #link(item: DerivedLinks): void {
    const object = this.intents.get(uuidOf(item.type, item.fqName));
    if (object !== undefined) this.#put(linked(object, item));
  }

  /** The store refuses to remove what an object of a client refers to. */
  #isHeld(target: ConfigObject): boolean {
    return [...this.intents.values()].some(({ refs }) => refs.some((ref) => leadsTo(ref, target)));
  }

  /** Derived objects that refer to one let go of it before it is removed. */
  #letGo(target: ConfigObject): void {
    for (const [key, object] of this.derived) {
      const refs = object.refs.filter((ref) => !leadsTo(ref, target));
      if (refs.length === object.refs.length) continue;
      this.derived.set(key, { ...object, refs });
      this.transformer.apply({ kind: "upsert", object: { ...object, refs } });
    }
  }

  /** As the store's allocator: the lowest address that no object has. */
  #freeAddress(family: JsonValue | undefined): string {
    const taken = new Set([...this.derived.values()].map(({ properties }) => properties.instance_ip_address));
    const prefix = family === "v6" ? "fd09::" : "10.9.0.";
    for (let last = 1; ; last++) if (!taken.has(`${prefix}${last}`)) return `${prefix}${last}`;
  }

  #stored(item: DerivedObject, before: ConfigObject | undefined): ConfigObject {
    const address = before?.properties.instance_ip_address;
    const properties = address === undefined ? item.properties : { ...item.properties, instance_ip_address: address };
    const refs = item.refs.map((ref) => ({ ...ref, toUuid: ref.toFqName.join() }));
    return { ...intent(item.type, ""), ...item, properties, refs, uuid: item.fqName.join(), derived: true };
  }
}

/** An object with the links that the transformer wants; what leads to clients' objects stays. */
function linked(object: ConfigObject, item: DerivedLinks): ConfigObject {
  if (derivedKey(object) !== derivedKey(item)) return object;
  const kept = object.refs.filter((ref) => ref.toType !== item.toType || ref.toUuid.startsWith(`${ref.toType}-`));
  return { ...object, refs: [...kept, ...item.refs.map((ref) => ({ ...ref, toUuid: ref.toFqName.join() }))] };
}

function leadsTo(ref: ConfigObject["refs"][number], { type, fqName }: ConfigObject): boolean {
  return ref.toType === type && ref.toFqName.join(":") === fqName.join(":");
}

function removal({ type, uuid, fqName }: ConfigObject): ConfigChange {
  return { kind: "remove", type, uuid, fqName, revision: 9n };
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const keyed = items.map((item, index) => ({ item, key: ((index + 1) * (seed * 2 + 7919)) % 104_729 }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
