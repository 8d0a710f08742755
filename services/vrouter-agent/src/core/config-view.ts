import type { ConfigObject, JsonValue } from "@contrail/schema";

/** The configuration subset that the agent holds, found by uuid, by type, by what it refers to, and by its parent. */
export class ConfigView {
  readonly #objects = new Map<string, ConfigObject>();
  readonly #referrers = new Map<string, Set<string>>();
  readonly #children = new Map<string, Set<string>>();
  readonly #networks = new Map<string, ConfigObject>();
  #networkChanges = 0;

  /** Rises whenever a virtual-network comes, goes or changes: what names of networks mean may be another thing then. */
  get networkChanges(): number {
    return this.#networkChanges;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(uuid: string): ConfigObject | undefined {
    return this.#objects.get(uuid);
  }

  /** Takes an object unless a newer revision is there. */
  put(object: ConfigObject): void {
    const known = this.#objects.get(object.uuid);
    if (known !== undefined && known.revision > object.revision) return;
    this.remove(object.uuid);
    this.#objects.set(object.uuid, object);
    if (object.type === "virtual-network") {
      this.#networks.set(object.fqName.join(":"), object);
      this.#networkChanges++;
    }
    for (const ref of object.refs) add(this.#referrers, ref.toUuid, object.uuid);
    if (object.parentUuid !== undefined) add(this.#children, object.parentUuid, object.uuid);
  }

  remove(uuid: string): void {
    const object = this.#objects.get(uuid);
    if (object === undefined) return;
    this.#objects.delete(uuid);
    if (object.type === "virtual-network") {
      const name = object.fqName.join(":");
      if (this.#networks.get(name) === object) this.#networks.delete(name);
      this.#networkChanges++;
    }
    for (const ref of object.refs) drop(this.#referrers, ref.toUuid, uuid);
    if (object.parentUuid !== undefined) drop(this.#children, object.parentUuid, uuid);
  }

  *all(): Iterable<ConfigObject> {
    yield* this.#objects.values();
  }

  /** Objects of a type that an object refers to, in the order of its references. */
  targets(object: ConfigObject, type: string): readonly ConfigObject[] {
    return object.refs.flatMap((ref) => (ref.toType === type ? (this.#objects.get(ref.toUuid) ?? []) : []));
  }

  /** Objects of a type that refer to an object, by uuid ascending. */
  referrers(uuid: string, type: string): readonly ConfigObject[] {
    return this.#sorted(this.#referrers.get(uuid), type);
  }

  /** Children of a type, by uuid ascending. */
  children(uuid: string, type: string): readonly ConfigObject[] {
    return this.#sorted(this.#children.get(uuid), type);
  }

  /** The virtual-network of a name joined by ':'. */
  networkNamed(name: string): ConfigObject | undefined {
    return this.#networks.get(name);
  }

  #sorted(uuids: ReadonlySet<string> | undefined, type: string): readonly ConfigObject[] {
    const found = [...(uuids ?? [])].flatMap((uuid) => this.#objects.get(uuid) ?? []);
    return found.filter((object) => object.type === type).sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
  }
}

function add(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  if (values === undefined) index.set(key, new Set([value]));
  else values.add(value);
}

function drop(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  values?.delete(value);
  if (values?.size === 0) index.delete(key);
}

/** Rows hold ids in 32 bits: a larger one would be cut to another network's or group's. */
const LAST_ID = 0xffffffff;

/** A number of the configuration that is an integer of 32 bits; undefined for anything else. */
export function wholeNumber(value: JsonValue | undefined): number | undefined {
  const number = typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
  return Number.isInteger(number) && number >= 0 && number <= LAST_ID ? number : undefined;
}

/** A text of the configuration, numbers as they are written; "" for anything else. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? String(value) : "";
}

/** A number of the configuration, as such or as decimal digits; NaN for anything else. */
export function numberOf(value: JsonValue | undefined): number {
  return /^-?[0-9]{1,15}$/.test(textOf(value)) ? Number(value) : Number.NaN;
}
