import { createHash } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { GraphChange } from "@contrail/graph";
import type { Logger } from "@contrail/observability";
import { type ConfigObject, type ConfigReference, type JsonObject, objectType } from "@contrail/schema";
import { DERIVED_LEASE, type ObjectStore } from "@contrail/store";
import {
  createTransformer,
  type DerivedLinks,
  type DerivedName,
  type DerivedObject,
  type DerivedReference,
  derivedKey,
  type Pending,
  type Transformer,
} from "@contrail/transformer";
import { sameContent } from "../core/merge-update.ts";
import { apiDate, DEFAULT_PERMS2, idPerms } from "../core/permissions.ts";
import { Stranded } from "../core/stranded.ts";
import type { ObjectService } from "./object-service.ts";

const LEASE_TTL_MS = 10_000;
const RETRY_MS = 1_000;

/** What a runner works with. */
interface RunnerParts {
  readonly objects: ObjectService;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The name of this process as a holder of the lease. */
  readonly name: string;
  /** How the names begin that this node had in earlier lives; undefined where it always has the same. */
  readonly predecessors: string | undefined;
}

/** Keeps the derived objects of the store equal to what the transformer wants, while this node holds the lease. */
export class TransformerRunner {
  readonly #objects: ObjectService;
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #name: string;
  readonly #transformer: Transformer = createTransformer();
  readonly #stranded: Stranded;
  /** Until the lease was asked for once: later its holder is not gone, whatever it is called. */
  #gone: string | undefined;
  #wake = Promise.withResolvers<void>();
  #epoch: bigint | undefined;
  /** Monotonic time until which the lease is used: half its life. */
  #validUntilMs = 0;
  /** Monotonic time at which the lease was asked for last. */
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor({ objects, store, clock, logger, name, predecessors }: RunnerParts) {
    this.#objects = objects;
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#name = name;
    this.#gone = predecessors;
    this.#stranded = new Stranded(objects.graph);
    objects.onChange((change) => this.#feed(change));
  }

  /** True while this node may write derived objects. */
  get leading(): boolean {
    return this.#epoch !== undefined && this.#clock.monotonicMs() < this.#validUntilMs;
  }

  /** The epoch of the lease that this node had last; undefined: somebody else has it. */
  get epoch(): bigint | undefined {
    return this.#epoch;
  }

  /** Derived objects that are not yet in the store as they are wanted. */
  get pending(): number {
    const { upserts, links, removes } = this.#pending();
    return upserts.length + links.length + removes.length;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#wake.resolve(), { once: true });
    while (!signal.aborted) {
      const woken = this.#wake.promise;
      await this.#renew();
      const clean = this.leading && (await this.#work(signal));
      const timer = this.#clock.setTimer(clean ? LEASE_TTL_MS / 4 : RETRY_MS, () => this.#wake.resolve());
      await woken;
      timer.cancel();
      if (!signal.aborted) this.#wake = Promise.withResolvers();
    }
    await this.#letGo();
  }

  /** Another node need not wait until the lease is over; where the store does not answer at once it waits. */
  async #letGo(): Promise<void> {
    if (!this.leading) return;
    this.#validUntilMs = 0;
    const over = Promise.withResolvers<void>();
    const timer = this.#clock.setTimer(RETRY_MS, over.resolve);
    const given = this.#store.acquireLease(DERIVED_LEASE, this.#name, 0).then(
      () => undefined,
      () => undefined, // It is over in its time.
    );
    await Promise.race([given, over.promise]);
    timer.cancel();
  }

  #feed(change: GraphChange): void {
    const { before, after } = change;
    this.#stranded.note(change);
    if (after !== undefined) this.#transformer.apply({ kind: "upsert", object: after });
    else if (before !== undefined) {
      const { type, uuid, fqName, revision } = before;
      this.#transformer.apply({ kind: "remove", type, uuid, fqName, revision: revision + 1n });
    }
    this.#wake.resolve();
  }

  async #renew(): Promise<void> {
    if (this.leading && this.#validUntilMs - this.#clock.monotonicMs() > LEASE_TTL_MS / 4) return;
    const asked = this.#clock.monotonicMs();
    if (!this.leading && asked - this.#askedMs < RETRY_MS) return;
    this.#askedMs = asked;
    const before = this.#epoch;
    try {
      this.#epoch = await this.#store.acquireLease(DERIVED_LEASE, this.#name, LEASE_TTL_MS, this.#gone);
      this.#gone = undefined;
      if (this.#epoch === undefined) return;
      this.#validUntilMs = asked + LEASE_TTL_MS / 2;
      // What the leader before us has written is not written again.
      if (this.#epoch !== before) await this.#objects.cache.freshness.caughtUp();
    } catch (reason) {
      this.#logger.warn("lease not renewed", { reason: ContrailError.from(reason).message });
    }
  }

  /** What is pending, and what is still wanted of what a removal has left behind, as soon as what it stands on is there. */
  #pending(): Pending {
    const pending = this.#transformer.pending();
    const stranded = this.#stranded.look();
    if (stranded.length === 0) return pending;
    const known = new Set(pending.upserts.map(derivedKey));
    const again = stranded.flatMap((object) => {
      const item = known.has(derivedKey(object)) ? undefined : this.#transformer.wanted(object);
      return item !== undefined && this.#canStand(item) ? [item] : [];
    });
    return { ...pending, upserts: [...pending.upserts, ...again] };
  }

  #canStand({ parentType, fqName, refs }: DerivedObject): boolean {
    const { graph } = this.#objects;
    const hasParent = parentType === undefined || graph.find(parentType, fqName.slice(0, -1)) !== undefined;
    return hasParent && refs.every(({ toType, toFqName }) => graph.find(toType, toFqName) !== undefined);
  }

  /** Writes what is pending until nothing is; false where something could not be written yet. */
  async #work(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const { upserts, links, removes } = this.#pending();
      if (upserts.length + links.length + removes.length === 0) return true;
      let progress = false;
      // A network gets its ACL before its connections, and loses connections before the ACL.
      for (const item of upserts) progress = (await this.#attempt(() => this.#upsert(item), item)) || progress;
      for (const item of links) progress = (await this.#attempt(() => this.#link(item), item)) || progress;
      for (const name of removes) progress = (await this.#attempt(() => this.#remove(name), name)) || progress;
      if (!progress || signal.aborted || !this.leading) return false;
    }
  }

  async #attempt(write: () => Promise<boolean>, name: DerivedName): Promise<boolean> {
    try {
      return await write();
    } catch (reason) {
      const { code, message, fields } = ContrailError.from(reason);
      const { type, fqName } = name;
      this.#logger.debug("derived object not written yet", { type, name: fqName.join(":"), code, message });
      // Another node may have written it, or taken away what it stands on, and the bus has not told us yet.
      const uuids = typeof fields.uuid === "string" ? [fields.uuid] : [];
      await this.#objects.cache.freshness.confirm(uuids, [{ type, fqName }]).catch(() => undefined); // Tried again.
      return false;
    }
  }

  async #remove(name: DerivedName): Promise<boolean> {
    const object = this.#objects.graph.find(name.type, name.fqName);
    if (object === undefined) return false;
    await this.#objects.releaseDerived(object, this.#epoch ?? 0n);
    await this.#objects.removeObject(object, { epoch: this.#epoch ?? 0n });
    return true;
  }

  /** Writes one object; references to what is not there yet, or is going, are left out, and the object stays pending. */
  async #upsert(item: DerivedObject): Promise<boolean> {
    const { graph } = this.#objects;
    const parent = item.parentType === undefined ? undefined : graph.find(item.parentType, item.fqName.slice(0, -1));
    if (item.parentType !== undefined && (parent === undefined || this.#objects.isRemoving(parent.uuid))) return false;
    const refs = this.#resolve(item.refs);
    const before = graph.find(item.type, item.fqName);
    const wanted = this.#object(item, before?.uuid ?? derivedUuid(item), parent?.uuid, refs, before);
    // What could not be resolved may be all that differs: then there is nothing to write yet.
    if (before !== undefined && refs.length < item.refs.length && sameWithoutDates(before, wanted)) return false;
    if (before !== undefined && hasMoved(before, wanted)) {
      // An address belongs to its network: the object is made anew in the other one.
      await this.#objects.removeObject(before, { epoch: this.#epoch ?? 0n });
      return true;
    }
    return this.#put(wanted, before);
  }

  /** Writes an object with the addresses and numbers that the server gives to its type; false where nothing changes. */
  async #put(wanted: ConfigObject, before: ConfigObject | undefined): Promise<boolean> {
    const { allocator } = this.#objects;
    try {
      const completed = ALLOCATED.has(wanted.type) ? await allocator.complete(wanted, before) : wanted;
      if (before !== undefined && sameWithoutDates(before, completed)) return false;
      await this.#objects.put(completed, before?.revision);
      return true;
    } catch (reason) {
      // A leader of before may be writing it: then the sweep finds what is left.
      if (!this.#objects.cache.isShared) await allocator.release(wanted.uuid);
      throw reason;
    }
  }

  /** References to what is there and not going. */
  #resolve(refs: readonly DerivedReference[]): ConfigReference[] {
    return refs.flatMap((ref): ConfigReference[] => {
      const target = this.#objects.graph.find(ref.toType, ref.toFqName);
      const isThere = target !== undefined && !this.#objects.isRemoving(target.uuid);
      return isThere ? [{ ...ref, toUuid: target.uuid }] : [];
    });
  }

  /** Gives an intent object its references to derived ones; those to what clients made stay as they are. */
  async #link(item: DerivedLinks): Promise<boolean> {
    const { graph } = this.#objects;
    const before = graph.find(item.type, item.fqName);
    const type = objectType(item.type);
    if (before === undefined || type === undefined || this.#objects.isRemoving(before.uuid)) return false;
    const edit = (object: ConfigObject): ConfigObject | undefined => {
      if (!this.leading) return undefined;
      const kept = object.refs.filter((ref) => ref.toType !== item.toType || graph.get(ref.toUuid)?.derived !== true);
      return { ...object, refs: [...kept, ...this.#resolve(item.refs)] };
    };
    const written = await this.#objects.change(type, before.uuid, edit, undefined, this.#epoch ?? 0n);
    return written.revision !== before.revision;
  }

  #object(
    item: DerivedObject,
    uuid: string,
    parentUuid: string | undefined,
    refs: readonly ConfigReference[],
    before: ConfigObject | undefined,
  ): ConfigObject {
    const now = apiDate(this.#clock.wallMs());
    const perms = before?.properties.id_perms as { created?: string } | undefined; // IdPermsType.
    const properties = {
      display_name: item.fqName.at(-1) ?? "",
      perms2: DEFAULT_PERMS2,
      ...givenBefore(item, before),
      ...item.properties,
      id_perms: idPerms(uuid, { creator: "transformer", user_visible: true }, perms?.created ?? now, now),
    };
    const { type, fqName, parentType } = item;
    return {
      type,
      uuid,
      fqName,
      parentType,
      parentUuid,
      revision: 0n,
      refs,
      properties,
      derived: true,
      epoch: this.#epoch ?? 0n,
    };
  }
}

/** Types whose derived objects get addresses or numbers as those of clients do. */
const ALLOCATED: ReadonlySet<string> = new Set(["instance-ip", "virtual-network"]);
/** What was given to a derived object when it was first written. */
const GIVEN = ["instance_ip_address", "subnet_uuid", "virtual_network_network_id"];

function givenBefore(item: DerivedName, before: ConfigObject | undefined): JsonObject {
  if (before === undefined || !ALLOCATED.has(item.type)) return {};
  return Object.fromEntries(
    GIVEN.flatMap((key) => (before.properties[key] === undefined ? [] : [[key, before.properties[key]]])),
  );
}

/** True where an address is to lie in another network than it does. */
function hasMoved(before: ConfigObject, wanted: ConfigObject): boolean {
  const networkOf = ({ refs }: ConfigObject) => refs.find(({ toType }) => toType === "virtual-network")?.toUuid;
  const [from, to] = [networkOf(before), networkOf(wanted)];
  return wanted.type === "instance-ip" && from !== undefined && to !== undefined && from !== to;
}

function sameWithoutDates(a: ConfigObject, b: ConfigObject): boolean {
  const bare = (object: ConfigObject): ConfigObject => ({
    ...object,
    properties: { ...object.properties, id_perms: null },
  });
  return a.parentUuid === b.parentUuid && sameContent(bare(a), bare(b));
}

/** A UUID of version 5 from type and name: the same object gets the same one on every node (RFC 9562 section 5.5). */
function derivedUuid(name: DerivedName): string {
  const bytes = createHash("sha1")
    .update(`opencontrail ${name.type} ${JSON.stringify(name.fqName)}`)
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
