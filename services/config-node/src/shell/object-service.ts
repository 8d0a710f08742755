import { randomUUID } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { type ConfigGraph, createGraph, type GraphChange } from "@contrail/graph";
import type { ConfigChange, ConfigObject, ConfigReference, JsonObject, ObjectType } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { type BootObject, defaultChildren } from "../core/boot-objects.ts";
import { mergeUpdate } from "../core/merge-update.ts";
import { parentOf } from "../core/parent.ts";
import { apiDate, DEFAULT_PERMS2, idPerms } from "../core/permissions.ts";
import { type BodyInput, bad, type ReferenceInput } from "../core/request-body.ts";
import { Allocator } from "./allocator.ts";

/** Times that an update is tried again on the newer revision. */
const MAX_ATTEMPTS = 20;

/** Creates, changes and removes objects: the one way to the store, for clients and for the boot. */
export class ObjectService {
  readonly graph: ConfigGraph = createGraph();
  readonly allocator: Allocator;
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #removing = new Set<string>();
  readonly #listeners = new Set<(change: GraphChange) => void>();

  constructor(store: ObjectStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.allocator = new Allocator(store, this.graph);
  }

  /** Fills the graph from the store. */
  async load(): Promise<void> {
    await this.#store.sweepAllocations();
    for await (const object of this.#store.all()) this.#apply({ kind: "upsert", object });
  }

  /** Calls back after each change of the graph. */
  onChange(callback: (change: GraphChange) => void): void {
    this.#listeners.add(callback);
  }

  /** The object, or "config.not_found" in the API's words. */
  get(type: ObjectType, uuid: string): ConfigObject {
    const object = this.graph.get(uuid.toLowerCase());
    if (object?.type === type.name) return object;
    throw new ContrailError("config.not_found", `No ${type.name} object found for id ${uuid.slice(0, 100)}`);
  }

  async create(type: ObjectType, input: BodyInput): Promise<ConfigObject> {
    const { fqName } = input;
    if (fqName === undefined) throw bad(`Bad Request: fq_name is missing in the ${type.name}`);
    const uuid = input.uuid ?? randomUUID();
    const parent = parentOf(type, fqName, input.parentType);
    const parentObject = parent === undefined ? undefined : this.graph.find(parent.type, parent.fqName);
    if (parent !== undefined && parentObject === undefined) {
      throw bad(`Parent ${JSON.stringify(parent.fqName)} type ${parent.type} does not exist`);
    }
    this.#checkFree(type, uuid, fqName);
    const now = apiDate(this.#clock.wallMs());
    const given = Object.fromEntries(input.properties) as JsonObject; // A Map of properties is an object of them.
    const object: ConfigObject = {
      type: type.name,
      uuid,
      fqName,
      parentType: parent?.type,
      parentUuid: parentObject?.uuid,
      revision: 0n,
      refs: this.#resolveAll(input, "create"),
      properties: {
        display_name: fqName.at(-1) ?? "",
        perms2: DEFAULT_PERMS2,
        ...given,
        id_perms: idPerms(uuid, (given.id_perms ?? {}) as JsonObject, now, now), // The model says IdPermsType.
      },
      derived: false,
      epoch: 0n,
    };
    const written = await this.#writeNew(object);
    for (const child of defaultChildren(type.name, fqName)) await this.ensure(child);
    return written;
  }

  /** Applies a partial update; gives the object, changed or not. ifMatch: refused with 412 unless it is the ETag. */
  async update(type: ObjectType, uuid: string, input: BodyInput, ifMatch?: string): Promise<ConfigObject> {
    return this.change(type, uuid, (object) => {
      if (ifMatch !== undefined && ifMatch !== etag(object)) {
        throw new ContrailError("config.precondition_failed", `${ifMatch} is not the object's ETag ${etag(object)}`);
      }
      const references = new Map(
        [...input.references].map(([to, list]) => [to, list.map((ref) => this.#resolve(to, ref, "update"))] as const),
      );
      return mergeUpdate(object, input, references);
    });
  }

  /** Reads, changes and writes until no other writer came between; the change gives undefined to leave it as it is. */
  async change(
    type: ObjectType,
    uuid: string,
    edit: (object: ConfigObject) => ConfigObject | undefined,
  ): Promise<ConfigObject> {
    for (let attempt = 1; ; attempt++) {
      const before = this.get(type, uuid);
      const edited = edit(before);
      if (edited === undefined) return before;
      refuseDerived(before);
      try {
        return await this.#writeChanged(before, edited);
      } catch (reason) {
        const error = ContrailError.from(reason);
        if (error.code !== "store.conflict" || attempt === MAX_ATTEMPTS) throw explain(error, this.graph);
        await this.#refresh(before.uuid);
      }
    }
  }

  /** Removes an object with its default and derived children. Refused while others are below it or refer to it. */
  async remove(type: ObjectType, uuid: string): Promise<void> {
    const object = this.graph.get(uuid.toLowerCase());
    if (object?.type !== type.name)
      throw new ContrailError("config.not_found", `ID ${uuid.slice(0, 100)} does not exist`);
    refuseDerived(object);
    this.#refuseInUse(object);
    this.#removing.add(object.uuid);
    try {
      for (const child of this.#children(object)) {
        if (child.derived) await this.#removeDerived(child);
        else await this.remove(this.allocator.typeOf(child.type), child.uuid);
      }
      await this.removeObject(this.graph.get(object.uuid) ?? object);
    } finally {
      this.#removing.delete(object.uuid);
    }
  }

  /** True while an object is being removed: nothing may be made below it. */
  isRemoving(uuid: string): boolean {
    return this.#removing.has(uuid);
  }

  /** Removes one object, whoever made it. */
  async removeObject(object: ConfigObject): Promise<void> {
    try {
      const { revision } = await this.#store.remove(object.uuid, object.revision);
      this.#apply({ kind: "remove", type: object.type, uuid: object.uuid, fqName: object.fqName, revision });
    } catch (reason) {
      throw explain(ContrailError.from(reason), this.graph);
    }
  }

  /** Writes one object as it is, for the transformer. */
  async put(object: ConfigObject, expectedRevision: bigint | undefined): Promise<ConfigObject> {
    const written = await this.#store.write(object, expectedRevision);
    this.#apply({ kind: "upsert", object: written });
    return written;
  }

  /** Makes an object unless one of its name exists. */
  async ensure(boot: BootObject): Promise<void> {
    const type = this.allocator.typeOf(boot.type);
    if (this.graph.find(boot.type, boot.fqName) !== undefined) return;
    const references = new Map<string, ReferenceInput[]>();
    for (const { type: to, to: name, attr } of boot.references ?? []) {
      references.set(to, [...(references.get(to) ?? []), { to: name, uuid: undefined, attr: attr ?? null }]);
    }
    const properties = new Map(
      Object.entries(boot.properties ?? {}).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
    );
    await this.create(type, {
      uuid: undefined,
      fqName: boot.fqName,
      parentType: boot.parentType,
      properties,
      references,
      ignored: 0,
    });
  }

  /** Resolves one reference of a client to an existing object. */
  resolveReference(toType: string, ref: ReferenceInput, operation: string): ConfigReference {
    return this.#resolve(toType, ref, operation);
  }

  async #writeNew(object: ConfigObject): Promise<ConfigObject> {
    try {
      const completed = await this.allocator.complete(object, undefined);
      return await this.put(completed, undefined);
    } catch (reason) {
      await this.allocator.release(object.uuid);
      throw explain(ContrailError.from(reason), this.graph, object.fqName);
    }
  }

  async #writeChanged(before: ConfigObject, edited: ConfigObject): Promise<ConfigObject> {
    const completed = await this.allocator.complete(edited, before);
    const perms = before.properties.id_perms as JsonObject; // Every object has it, from create().
    const now = apiDate(this.#clock.wallMs());
    const properties = { ...completed.properties, id_perms: { ...perms, last_modified: now } };
    return this.put({ ...completed, properties }, before.revision);
  }

  #children(object: ConfigObject): readonly ConfigObject[] {
    const around = [...this.graph.neighbours(object.uuid)].flatMap((uuid) => this.graph.get(uuid) ?? []);
    return around.filter((other) => other.parentUuid === object.uuid);
  }

  /** Throws the API's 409 where a removal would orphan something that a client made. */
  #refuseInUse(object: ConfigObject): void {
    const children = this.#children(object).filter((child) => !child.derived && !isDefaultChild(object, child));
    if (children.length > 0) throw inUse("Delete when children still present", children);
    const around = [...this.graph.neighbours(object.uuid)].flatMap((uuid) => this.graph.get(uuid) ?? []);
    const referrers = around.filter((other) => !other.derived && other.refs.some((ref) => ref.toUuid === object.uuid));
    if (referrers.length > 0) throw inUse("Delete when resource still referred", referrers);
  }

  /** A derived child goes with its parent; other derived objects that refer to it let go of it first. */
  async #removeDerived(child: ConfigObject): Promise<void> {
    for (const uuid of this.graph.neighbours(child.uuid)) {
      const other = this.graph.get(uuid);
      if (other?.parentUuid === child.uuid && other.derived) await this.#removeDerived(other);
      else if (other?.derived && other.refs.some((ref) => ref.toUuid === child.uuid)) {
        await this.put({ ...other, refs: other.refs.filter((ref) => ref.toUuid !== child.uuid) }, other.revision);
      }
    }
    const current = this.graph.get(child.uuid);
    if (current !== undefined) await this.removeObject(current);
  }

  #resolveAll(input: BodyInput, operation: string): ConfigReference[] {
    return [...input.references].flatMap(([to, list]) => list.map((ref) => this.#resolve(to, ref, operation)));
  }

  #resolve(toType: string, ref: ReferenceInput, operation: string): ConfigReference {
    const found = ref.uuid !== undefined ? this.graph.get(ref.uuid) : this.graph.find(toType, ref.to ?? []);
    if (found?.type !== toType) {
      const wanted = ref.uuid ?? JSON.stringify(ref.to);
      throw bad(
        `Bad reference in ${operation}: ${toType.replaceAll("-", "_")}_refs: ${toType} ${wanted} does not exist`,
      );
    }
    return { toType, toUuid: found.uuid, toFqName: found.fqName, attr: ref.attr };
  }

  #checkFree(type: ObjectType, uuid: string, fqName: readonly string[]): void {
    const named = this.graph.find(type.name, fqName);
    if (named !== undefined) throw nameTaken(fqName, named.uuid);
    const other = this.graph.get(uuid);
    if (other !== undefined) throw uuidTaken(uuid, other.fqName);
  }

  async #refresh(uuid: string): Promise<void> {
    const object = await this.#store.read(uuid);
    if (object !== undefined) this.#apply({ kind: "upsert", object });
  }

  #apply(change: ConfigChange): void {
    const applied = this.graph.apply(change);
    if (applied !== undefined) for (const listener of this.#listeners) listener(applied);
  }
}

/** The ETag of an object: the date of its last change, quoted. */
export function etag(object: ConfigObject): string {
  return `"${String((object.properties.id_perms as JsonObject | undefined)?.last_modified ?? "")}"`; // IdPermsType.
}

function refuseDerived(object: ConfigObject): void {
  if (!object.derived) return;
  const message = `${object.type} ${object.fqName.join(":")} is made by the system from other objects and cannot be changed`;
  throw new ContrailError("config.conflict", message);
}

function nameTaken(fqName: readonly string[], uuid: string): ContrailError {
  const name = `[${fqName.map((part) => `'${part}'`).join(", ")}]`;
  return new ContrailError("config.conflict", `${name} already exists with uuid: ${uuid}`);
}

function uuidTaken(uuid: string, fqName: readonly string[]): ContrailError {
  return new ContrailError("config.conflict", `${uuid} already exists with fq_name: ${JSON.stringify(fqName)}`);
}

/** A child that goes with its parent: one made with it, or one of a default name. */
function isDefaultChild(parent: ConfigObject, child: ConfigObject): boolean {
  const name = child.fqName.at(-1);
  if (name === `default-${child.type}`) return true;
  return defaultChildren(parent.type, parent.fqName).some(
    (made) => made.type === child.type && made.fqName.at(-1) === name,
  );
}

function inUse(text: string, users: readonly ConfigObject[]): ContrailError {
  const hrefs = users.slice(0, 100).map((user) => `/${user.type}/${user.uuid}`);
  return new ContrailError("config.conflict", `${text}: [${hrefs.join(", ")}]`);
}

/** A store's refusal in the words of the API; fqName: the name that was to be written. */
function explain(error: ContrailError, graph: ConfigGraph, fqName: readonly string[] = []): ContrailError {
  const uuids = Array.isArray(error.fields.uuids) ? (error.fields.uuids as readonly string[]) : [];
  const users = uuids.flatMap((uuid) => graph.get(uuid) ?? []);
  switch (error.code) {
    case "store.children_conflict":
      return inUse("Delete when children still present", users);
    case "store.referred_conflict":
      return inUse("Delete when resource still referred", users);
    case "store.name_conflict":
      return nameTaken(fqName, String(error.fields.uuid));
    case "store.not_found":
      return new ContrailError("config.not_found", error.message);
    default:
      return error;
  }
}
