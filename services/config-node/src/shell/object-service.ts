import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph, GraphChange } from "@contrail/graph";
import { KeyedLock } from "@contrail/runtime";
import { type ConfigObject, type JsonObject, type ObjectType, objectType } from "@contrail/schema";
import type { ObjectStore, RemovalOptions } from "@contrail/store";
import {
  authorizeChange,
  authorizeCreate,
  authorizeReferences,
  authorizeRemove,
  withHidden,
} from "../core/access/authorize.ts";
import { WRITE } from "../core/access/object-access.ts";
import { checkCountedLists } from "../core/access/quota.ts";
import { View } from "../core/access/view.ts";
import { quotedList } from "../core/api-text.ts";
import { BOOT_OBJECTS, type BootObject, defaultChildren, TYPES_WITH_CHILDREN } from "../core/boot-objects.ts";
import { SYSTEM } from "../core/caller.ts";
import { withoutStaleFixedAddress } from "../core/floating-ip.ts";
import { mergeUpdate, sameContent } from "../core/merge-update.ts";
import { checkObject } from "../core/object-checks.ts";
import { parentOf } from "../core/parent.ts";
import { apiDate, DEFAULT_PERMS2, idPerms, laterDate } from "../core/permissions.ts";
import { planRemoval, type RemovalPlan } from "../core/removal-plan.ts";
import { type BodyInput, bad, type ReferenceInput } from "../core/request-body.ts";
import { tagNameOf } from "../core/tag-name.ts";
import { Allocator } from "./allocator.ts";
import { GraphCache } from "./nodes/graph-cache.ts";
import type { GraphLookup } from "./nodes/lookups.ts";
import type { ModelFloor } from "./nodes/model-floor.ts";
import { QuotaSlots } from "./quota-slots.ts";
import { resolveReference, resolveReferences } from "./reference-resolver.ts";
import { explainRefusal, inUse, nameTaken, refuseDerived, refuseReserved, uuidTaken } from "./refusals.ts";
import { RelaxedReferences } from "./relaxed-references.ts";

/** Times that a write is tried again on the newer revision. */
const MAX_ATTEMPTS = 20;
const DEFAULT_AS = 64512;
/** Users of an object that are compared with the store before it is said that they keep it. */
const MAX_CONFIRMED_USERS = 100;
/** Refusals of the store that say that a plan of removal is behind. */
const OUTDATED: ReadonlySet<string> = new Set(["store.conflict", "store.children_conflict", "store.referred_conflict"]);

/** What a reader is given; not isCurrent: the store did not say in time, and it may be older than what the store has. */
export interface Current<T> {
  readonly object: T;
  readonly isCurrent: boolean;
}

/** Creates, changes and removes objects: the one way to the store, for clients and for the boot. */
export class ObjectService {
  readonly graph: ConfigGraph;
  readonly cache: GraphCache;
  readonly allocator: Allocator;
  readonly relaxed: RelaxedReferences;
  /** Everything, for what the node does of its own accord. */
  readonly #system: View;
  readonly #slots: QuotaSlots;
  readonly #store: ObjectStore;
  readonly #floor: Pick<ModelFloor, "check">;
  readonly #clock: Clock;
  /** One writer an object at a time: claims made for it are its own, and writers wait instead of trying again. */
  readonly #lock = new KeyedLock();
  readonly #removing = new Set<string>();

  /** floor: refuses what not every node knows. */
  constructor(store: ObjectStore, clock: Clock, floor: Pick<ModelFloor, "check">, cache = new GraphCache(store)) {
    this.#floor = floor;
    this.#store = store;
    this.#clock = clock;
    this.cache = cache;
    this.graph = cache.graph;
    this.allocator = new Allocator(store, cache);
    this.relaxed = new RelaxedReferences(store);
    this.#system = new View(this.graph, SYSTEM);
    this.#slots = new QuotaSlots(store, this.graph);
  }

  /** Fills the graph from the store, and makes what has to exist and does not: a crash may have come between. */
  async load(): Promise<void> {
    // Where a node is alone, nobody else is between claim and write; else the leader sweeps what has stood for long.
    if (!this.cache.isShared) await this.#store.sweepAllocations(0);
    await this.cache.fill();
    for (const boot of BOOT_OBJECTS) await this.ensure(boot);
    for (const type of TYPES_WITH_CHILDREN) {
      for (const object of [...this.graph.ofType(type)]) await this.#ensureChildren(object);
    }
  }

  /** Calls back after each change of the graph. */
  onChange(callback: (change: GraphChange) => void): void {
    this.cache.onChange(callback);
  }

  /** The object, or "config.not_found" in the API's words. */
  find(type: ObjectType, uuid: string): Promise<ConfigObject> {
    return this.cache.confirmed((graph) => objectIn(graph, type, uuid));
  }

  /** The object as the store has it now, whatever its type. Rejects with "store.unavailable" where nobody knows of one. */
  async current(uuid: string): Promise<Current<ConfigObject | undefined>> {
    const isCurrent = await this.cache.freshness.current([uuid.toLowerCase()], []);
    const object = this.graph.get(uuid.toLowerCase());
    if (object !== undefined || isCurrent) return { object, isCurrent };
    throw new ContrailError("store.unavailable", `the store does not say whether there is ${uuid.slice(0, 100)}`);
  }

  /** The object that has a name now. Rejects with "store.unavailable" where nobody knows of one. */
  async currentName(type: string, fqName: readonly string[]): Promise<Current<ConfigObject | undefined>> {
    const isCurrent = await this.cache.freshness.current([], [{ type, fqName }]);
    const object = this.graph.find(type, fqName);
    if (object !== undefined || isCurrent) return { object, isCurrent };
    throw new ContrailError("store.unavailable", `the store does not say who has the name ${fqName.join(":")}`);
  }

  /** The object as the store has it now, or "config.not_found" in the API's words. */
  async read(type: ObjectType, uuid: string): Promise<Current<ConfigObject>> {
    const { isCurrent } = await this.current(uuid);
    return { object: objectIn(this.graph, type, uuid), isCurrent };
  }

  /** Resolves when the object and the children that it is born with are written. view: of whoever asks. */
  async create(type: ObjectType, input: BodyInput, view: View = this.#system): Promise<ConfigObject> {
    const uuid = input.uuid ?? this.#store.newUuid();
    if (type.name === "tag") {
      // A tag that is refused leaves no type behind.
      const wanted = await this.cache.confirmed((graph) => this.#newObject(graph, type, uuid, input, view));
      checkObject(wanted, this.#autonomousSystem());
      await this.#ensureTagType(input);
    }
    // Other nodes may be making an object under a uuid that a client has chosen.
    const isOurs = input.uuid === undefined || !this.cache.isShared;
    const written = await this.#lock.run(uuid, () =>
      this.cache.confirmed((graph) => this.#writeNew(this.#newObject(graph, type, uuid, input, view), view, isOurs)),
    );
    await this.#ensureChildren(written);
    return written;
  }

  /** Applies a partial update; gives the object, changed or not. ifMatch: refused with 412 unless it is the ETag. */
  async update(
    type: ObjectType,
    uuid: string,
    input: BodyInput,
    ifMatch?: string,
    view: View = this.#system,
  ): Promise<ConfigObject> {
    const checked = (object: ConfigObject): BodyInput => {
      if (ifMatch !== undefined && ifMatch !== etag(object)) {
        throw new ContrailError("config.precondition_failed", `${ifMatch} is not the object's ETag ${etag(object)}`);
      }
      return input;
    };
    return this.updateBy(type, uuid, checked, view);
  }

  /** Applies the update that a function gives for the object as it is. */
  updateBy(
    type: ObjectType,
    uuid: string,
    inputFor: (object: ConfigObject) => BodyInput,
    view: View = this.#system,
  ): Promise<ConfigObject> {
    const edit = (object: ConfigObject, graph: GraphLookup): ConfigObject | undefined => {
      const input = inputFor(object);
      const references = withHidden(view, this.graph, object, this.#resolveAll(graph, input, "update"));
      return mergeUpdate(object, input, references);
    };
    return this.change(type, uuid, edit, view);
  }

  /**
   * Reads, changes and writes until no other writer came between; the change gives undefined to leave it as it is. epoch:
   * that of the lease under which the transformer changes what a client made.
   */
  change(
    type: ObjectType,
    uuid: string,
    edit: (object: ConfigObject, graph: GraphLookup) => ConfigObject | undefined,
    view: View = this.#system,
    epoch?: bigint,
  ): Promise<ConfigObject> {
    const attempted = async (graph: GraphLookup): Promise<ConfigObject> => {
      for (let attempt = 1; ; attempt++) {
        const before = objectIn(graph, type, uuid);
        view.require(before, WRITE);
        const edited = edit(before, graph);
        if (edited === undefined || sameContent(before, edited)) {
          // That nothing is to be done is true only of the newest state.
          await this.cache.freshness.confirm([before.uuid], []);
          if (attempt === MAX_ATTEMPTS || this.graph.get(before.uuid)?.revision === before.revision) return before;
          continue;
        }
        authorizeChange(view, this.graph, before, edited);
        if (view !== this.#system) checkCountedLists(this.graph, before, edited);
        refuseDerived(before);
        try {
          return await this.#writeChanged(before, edited, epoch);
        } catch (reason) {
          const error = ContrailError.from(reason);
          if (error.code !== "store.conflict" || attempt === MAX_ATTEMPTS) {
            throw explainRefusal(error, this.graph, before);
          }
          await this.#refresh(before.uuid);
        }
      }
    };
    return this.#lock.run(uuid.toLowerCase(), () => this.cache.confirmed(attempted));
  }

  /** Removes an object with its default and derived children. Refused while others are below it or refer to it. */
  async remove(type: ObjectType, uuid: string, view: View = this.#system): Promise<void> {
    const missing = () => new ContrailError("config.not_found", `ID ${uuid.slice(0, 100)} does not exist`);
    const object = await this.cache.confirmed((graph) => {
      const found = graph.get(uuid.toLowerCase());
      if (found?.type !== type.name) throw missing();
      authorizeRemove(view, this.graph, found);
      return found;
    });
    refuseDerived(object);
    // What stands below the root names no parent.
    if (type.name === "config-root" && object.fqName[0] === "config-root") {
      throw inUse("Delete when children still present", [...this.graph.ofType("domain")]);
    }
    refuseReserved(object, view.caller);
    await this.#loosen(object);
    for (let attempt = 1; ; attempt++) {
      const plan = planRemoval(this.graph, object);
      if (attempt < MAX_ATTEMPTS && (await this.#isOutdated(plan))) continue;
      if (plan.children.length > 0) throw inUse("Delete when children still present", plan.children);
      if (plan.referrers.length > 0) throw inUse("Delete when resource still referred", plan.referrers);
      try {
        if (await this.#removeAll(plan)) return;
        throw missing();
      } catch (reason) {
        // Something was written while the plan was carried out, by the transformer or a client: look again.
        const error = ContrailError.from(reason);
        if (!OUTDATED.has(error.code) || attempt === MAX_ATTEMPTS) throw explainRefusal(error, this.graph, object);
        await this.#refresh(object.uuid, ...uuidsOf(error));
      }
    }
  }

  /** True while an object is being removed: nothing may be made below it, nothing may refer to it. */
  isRemoving(uuid: string): boolean {
    return this.#removing.has(uuid);
  }

  /** Removes one object, whoever made it. */
  async removeObject(object: ConfigObject, options?: RemovalOptions): Promise<void> {
    const { revision } = await this.#store.remove(object.uuid, object.revision, options);
    this.cache.apply({ kind: "remove", type: object.type, uuid: object.uuid, fqName: object.fqName, revision });
  }

  /** Derived objects let go of one that the transformer is about to remove: two of them may refer to each other. */
  async releaseDerived(object: ConfigObject, epoch: bigint): Promise<void> {
    for (const uuid of this.graph.neighbours(object.uuid)) {
      const referrer = this.graph.get(uuid);
      if (referrer?.derived) await this.#letGo({ ...referrer, epoch }, new Set([object.uuid]));
    }
  }

  /** Writes one object as it is, for the transformer; epoch as in ObjectStore.write(). */
  async put(object: ConfigObject, expectedRevision: bigint | undefined, epoch?: bigint): Promise<ConfigObject> {
    this.#floor.check(object);
    const written = await this.#store.write(object, expectedRevision, epoch);
    this.cache.apply({ kind: "upsert", object: written });
    return written;
  }

  /** Makes an object unless one of its name exists. */
  async ensure(boot: BootObject): Promise<void> {
    const type = objectType(boot.type);
    if (type === undefined) throw new Error(`no object type ${boot.type}`);
    if (this.graph.find(boot.type, boot.fqName) !== undefined) return;
    const references = new Map<string, ReferenceInput[]>();
    for (const { type: to, to: name, attr } of boot.references ?? []) {
      references.set(to, [...(references.get(to) ?? []), { to: name, uuid: undefined, attr: attr ?? null }]);
    }
    const given = Object.entries(boot.properties ?? {}).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const]));
    const { fqName, parentType } = boot;
    const input = { uuid: undefined, fqName, parentType, properties: new Map(given), references, ignored: 0 };
    try {
      await this.create(type, input);
    } catch (reason) {
      // A client may have made it meanwhile.
      if (this.graph.find(boot.type, boot.fqName) === undefined) throw reason;
    }
  }

  /** Resolves one reference of a client to an existing object. */
  resolveReference(graph: GraphLookup, toType: string, ref: ReferenceInput, operation: string) {
    return resolveReference(graph, (uuid) => this.isRemoving(uuid), toType, ref, operation);
  }

  #resolveAll(graph: GraphLookup, input: BodyInput, operation: string) {
    return resolveReferences(graph, (uuid) => this.isRemoving(uuid), input.references, operation);
  }

  /** A tag may be of a type that does not exist yet. */
  async #ensureTagType({ properties, fqName }: BodyInput): Promise<void> {
    const name = tagNameOf({ properties: Object.fromEntries(properties), fqName: fqName ?? [] });
    if (name !== undefined) await this.ensure({ type: "tag-type", fqName: [name.tagType] });
  }

  async #ensureChildren(object: ConfigObject): Promise<void> {
    for (const child of defaultChildren(object.type, object.fqName)) await this.ensure(child);
  }

  #newObject(graph: GraphLookup, type: ObjectType, uuid: string, input: BodyInput, view: View): ConfigObject {
    const { fqName } = input;
    if (fqName === undefined) throw bad(`Bad Request: fq_name is missing in the ${type.name}`);
    const parent = parentOf(type, fqName, input.parentType);
    const parentObject = parent === undefined ? undefined : graph.find(parent.type, parent.fqName);
    if (parent !== undefined && (parentObject === undefined || this.isRemoving(parentObject.uuid))) {
      throw bad(`Parent ${quotedList(parent.fqName)} type ${parent.type} does not exist`);
    }
    authorizeCreate(view, type.name, parentObject, input);
    checkFree(graph, type, uuid, fqName);
    const refs = [...this.#resolveAll(graph, input, "create").values()].flat();
    authorizeReferences(view, this.graph, refs);
    const now = apiDate(this.#clock.wallMs());
    const given = Object.fromEntries(input.properties) as JsonObject; // A Map of properties is an object of them.
    return {
      type: type.name,
      uuid,
      fqName,
      parentType: parent?.type,
      parentUuid: parentObject?.uuid,
      revision: 0n,
      refs,
      properties: {
        display_name: fqName.at(-1) ?? "",
        ...given,
        perms2: { ...DEFAULT_PERMS2, ...(given.perms2 as JsonObject | undefined) }, // The model says PermType2.
        id_perms: idPerms(uuid, (given.id_perms ?? {}) as JsonObject, now, now), // The model says IdPermsType.
      },
      derived: false,
      epoch: 0n,
    };
  }

  /** isOurs: nobody else makes an object under its uuid, so that what was claimed for a refused one is free at once. */
  async #writeNew(object: ConfigObject, view: View, isOurs: boolean): Promise<ConfigObject> {
    try {
      if (view !== this.#system) {
        checkCountedLists(this.graph, undefined, object);
        await this.#slots.claim(object);
      }
      const completed = await this.allocator.complete(checkObject(object, this.#autonomousSystem()), undefined);
      return await this.put(completed, undefined);
    } catch (reason) {
      if (isOurs) await this.allocator.release(object.uuid);
      throw explainRefusal(ContrailError.from(reason), this.graph, object);
    }
  }

  async #writeChanged(before: ConfigObject, edited: ConfigObject, epoch: bigint | undefined): Promise<ConfigObject> {
    const settled = withoutStaleFixedAddress(before, edited);
    const completed = await this.allocator.complete(checkObject(settled, this.#autonomousSystem()), before);
    if (sameContent(before, completed)) return before;
    const perms = completed.properties.id_perms as JsonObject; // Every object has it, from its creation.
    const last_modified = laterDate(this.#clock.wallMs(), String(perms.last_modified));
    const properties = { ...completed.properties, id_perms: { ...perms, last_modified } };
    return this.put({ ...completed, properties }, before.revision, epoch);
  }

  /** Referrers whose references were marked as relaxed let go of an object that is to be removed. */
  async #loosen(object: ConfigObject): Promise<void> {
    for (const referrer of planRemoval(this.graph, object).referrers) {
      if (!(await this.relaxed.has(referrer.uuid, object.uuid))) continue;
      const type = objectType(referrer.type);
      if (type === undefined) continue;
      await this.change(type, referrer.uuid, (before) => {
        return { ...before, refs: before.refs.filter((ref) => ref.toUuid !== object.uuid) };
      });
      await this.relaxed.forget(referrer.uuid, object.uuid);
    }
  }

  /** True where something that stands in a plan's way does not, by what the store holds now. */
  async #isOutdated({ children, referrers }: RemovalPlan): Promise<boolean> {
    const users = [...children, ...referrers].slice(0, MAX_CONFIRMED_USERS);
    if (users.length === 0) return false;
    await this.cache.freshness.confirm(
      users.map(({ uuid }) => uuid),
      [],
    );
    return users.some(({ uuid, revision }) => this.graph.get(uuid)?.revision !== revision);
  }

  /**
   * Removes what clients made and then what was derived from it: before, the transformer of another node, which still sees
   * what it follows from, would make it anew, again and again. False where somebody else has removed the object.
   */
  async #removeAll(plan: RemovalPlan): Promise<boolean> {
    let isOurs = false;
    const uuids = plan.members.map(({ uuid }) => uuid);
    const besides = new Set(
      [...plan.members, ...plan.looseReferrers].filter(({ derived }) => derived).map(({ uuid }) => uuid),
    );
    for (const uuid of uuids) this.#removing.add(uuid);
    try {
      for (const referrer of plan.looseReferrers) await this.#letGo(referrer, new Set(uuids));
      for (const { uuid, derived } of plan.members) {
        if (!derived) isOurs = await this.#lock.run(uuid, () => this.#removeMember(uuid, besides));
      }
      for (const { uuid, derived } of plan.members) if (derived) await this.#removeDerived(uuid, besides);
      return isOurs;
    } finally {
      for (const uuid of uuids) this.#removing.delete(uuid);
      // Where something came between, the object stays, and with it the children that it was born with.
      const [top] = plan.members.slice(-1).flatMap(({ uuid }) => this.graph.get(uuid) ?? []);
      if (top !== undefined) await this.#ensureChildren(top);
    }
  }

  /** False where somebody else has removed it, at this node or another one. */
  async #removeMember(uuid: string, besides: ReadonlySet<string>): Promise<boolean> {
    const current = this.graph.get(uuid);
    if (current === undefined) return false;
    try {
      await this.removeObject(current, { besides });
      return true;
    } catch (reason) {
      if (ContrailError.from(reason).code !== "store.not_found") throw reason;
      await this.#refresh(uuid);
      return false;
    }
  }

  /** What it follows from is gone: where this does not succeed the transformer removes it. */
  async #removeDerived(uuid: string, besides: ReadonlySet<string>): Promise<void> {
    try {
      await this.#lock.run(uuid, () => this.#removeMember(uuid, besides));
    } catch {
      await this.#refresh(uuid).catch(() => undefined);
    }
  }

  async #letGo(referrer: ConfigObject, gone: ReadonlySet<string>): Promise<void> {
    const current = this.graph.get(referrer.uuid);
    const refs = current?.refs.filter((ref) => !gone.has(ref.toUuid)) ?? [];
    if (current === undefined || refs.length === current.refs.length) return;
    await this.put({ ...current, refs, epoch: referrer.epoch }, current.revision);
  }

  #autonomousSystem(): number {
    for (const system of this.graph.ofType("global-system-config")) {
      return Number(system.properties.autonomous_system ?? DEFAULT_AS);
    }
    return DEFAULT_AS;
  }

  /** Takes what the store holds into the graph, where the store was ahead. */
  async #refresh(...uuids: readonly string[]): Promise<void> {
    for (const uuid of uuids) await this.cache.mirror.bring(uuid);
  }
}

function objectIn(graph: GraphLookup, type: ObjectType, uuid: string): ConfigObject {
  const object = graph.get(uuid.toLowerCase());
  if (object?.type === type.name) return object;
  throw new ContrailError("config.not_found", `No ${type.name} object found for id ${uuid.slice(0, 100)}`);
}

function checkFree(graph: GraphLookup, type: ObjectType, uuid: string, fqName: readonly string[]): void {
  const named = graph.find(type.name, fqName);
  if (named !== undefined) throw nameTaken(fqName, named.uuid);
  const other = graph.get(uuid);
  if (other !== undefined) throw uuidTaken(uuid, other.fqName);
}

function uuidsOf(error: ContrailError): readonly string[] {
  return Array.isArray(error.fields.uuids) ? error.fields.uuids.map(String) : [];
}

/** The ETag of an object: the date of its last change, quoted. */
export function etag(object: ConfigObject): string {
  return `"${String((object.properties.id_perms as JsonObject | undefined)?.last_modified ?? "")}"`; // IdPermsType.
}
