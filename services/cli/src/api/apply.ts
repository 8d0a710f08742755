import { ContrailError } from "@contrail/errors";
import type { JsonObject, JsonValue } from "@contrail/schema";
import { etagOf, type VncClient } from "@contrail/vnc-client";
import type { WantedObject, WantedReference } from "./check-object.ts";
import { type Change, differences } from "./difference.ts";
import { keyOf } from "./object-name.ts";
import { type Plan, type PlannedObject, targetOf } from "./plan.ts";

/** Times that an update is made again because somebody else has changed the object. */
const MAX_ATTEMPTS = 5;

/** What became of one object. */
export interface Outcome {
  readonly wanted: WantedObject;
  readonly action: "created" | "updated" | "unchanged" | "failed";
  readonly changes: readonly Change[];
  readonly uuid: string | undefined;
  readonly error: string | undefined;
}

/**
 * Carries out a plan without problems in its order, then sets the references that had to wait. Calls back after each
 * object; ends at the first failure, whose outcome is the last one.
 */
export async function applyPlan(
  vnc: VncClient,
  plan: Plan,
  tell: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> {
  const applier = new Applier(vnc, plan);
  const outcomes: Outcome[] = [];
  const note = async (wanted: WantedObject, work: () => Promise<Outcome | undefined>): Promise<boolean> => {
    const outcome = await work().catch((reason: unknown) => failed(wanted, reason));
    if (outcome === undefined) return true;
    outcomes.push(outcome);
    tell(outcome);
    return outcome.action !== "failed";
  };
  for (const planned of plan.objects) {
    if (!(await note(planned.wanted, () => applier.apply(planned)))) return outcomes;
  }
  for (const planned of plan.objects.filter(({ later }) => later.size > 0)) {
    if (!(await note(planned.wanted, () => applier.refer(planned)))) return outcomes;
  }
  return outcomes;
}

function failed(wanted: WantedObject, reason: unknown): Outcome {
  const error = ContrailError.from(reason);
  return { wanted, action: "failed", changes: [], uuid: undefined, error: `${error.message} (${error.code})` };
}

class Applier {
  readonly #vnc: VncClient;
  /** Names of the uuids that the file gives or refers to. */
  readonly #names = new Map<string, readonly string[]>();

  constructor(vnc: VncClient, { objects }: Plan) {
    this.#vnc = vnc;
    for (const { wanted, stored } of objects) {
      const uuid = wanted.uuid ?? stored?.uuid;
      if (uuid !== undefined) this.#names.set(`${wanted.type} ${String(uuid)}`, wanted.fqName);
    }
  }

  async apply({ wanted, stored, changes, later }: PlannedObject): Promise<Outcome> {
    if (stored === undefined) return this.#create(wanted, later);
    if (changes.length === 0) return outcome(wanted, "unchanged", [], stored.uuid);
    return this.#update(wanted, stored, later);
  }

  /** The second pass: references to what was created after the object. */
  async refer({ wanted }: PlannedObject): Promise<undefined> {
    const stored = await this.#read(wanted);
    if (stored === undefined) throw new ContrailError("api.not_found", "it was deleted meanwhile");
    await this.#update(wanted, stored, new Set());
  }

  async #create(wanted: WantedObject, later: ReadonlySet<string>): Promise<Outcome> {
    try {
      const uuid = await this.#vnc.create<string>(wanted.type, this.#newObject(wanted, later));
      return outcome(wanted, "created", [], uuid);
    } catch (reason) {
      if (ContrailError.from(reason).code !== "vnc.conflict") throw reason;
      // Some are born with their parent; or somebody else was quicker.
      const stored = await this.#read(wanted);
      if (stored === undefined) throw reason;
      return this.#update(wanted, stored, later);
    }
  }

  /** Writes what differs, for the state that was read; compares again where somebody else has written meanwhile. */
  async #update(wanted: WantedObject, first: JsonObject, later: ReadonlySet<string>): Promise<Outcome> {
    let stored = first;
    for (let attempt = 1; ; attempt++) {
      const changes = this.#changes(wanted, stored);
      if (changes.length === 0) return outcome(wanted, "unchanged", [], stored.uuid);
      const change = Object.fromEntries(changes.map(({ key }) => [key, this.#written(wanted, key, later)]));
      try {
        await this.#vnc.update<string>(wanted.type, String(stored.uuid), change, { ifMatch: etagOf(stored) });
        return outcome(wanted, "updated", changes, stored.uuid);
      } catch (reason) {
        if (ContrailError.from(reason).code !== "vnc.precondition_failed" || attempt === MAX_ATTEMPTS) throw reason;
        const again = await this.#read(wanted);
        if (again === undefined) throw reason;
        stored = again;
      }
    }
  }

  #changes(wanted: WantedObject, stored: JsonObject): readonly Change[] {
    const inObject = new Map<string, readonly string[]>();
    for (const [key, value] of Object.entries(stored)) {
      if (!key.endsWith("_refs") || !Array.isArray(value)) continue;
      // References are objects with name and uuid.
      for (const { to, uuid } of value as readonly JsonObject[]) inObject.set(String(uuid), to as readonly string[]);
    }
    return differences(wanted, stored, (type, uuid) => this.#names.get(`${type} ${uuid}`) ?? inObject.get(uuid));
  }

  async #read({ type, fqName }: WantedObject): Promise<JsonObject | undefined> {
    const uuid = await this.#vnc.find<string>(type, fqName);
    return uuid === undefined ? undefined : this.#vnc.readIfThere<string>(type, uuid);
  }

  #newObject(wanted: WantedObject, later: ReadonlySet<string>): JsonObject {
    const keys = [...wanted.properties.keys(), ...wanted.references.keys()];
    return {
      fq_name: wanted.fqName,
      ...(wanted.uuid === undefined ? {} : { uuid: wanted.uuid }),
      ...(wanted.parent === undefined ? {} : { parent_type: wanted.parent.type }),
      ...Object.fromEntries(keys.map((key) => [key, this.#written(wanted, key, later)])),
    };
  }

  #written(wanted: WantedObject, key: string, later: ReadonlySet<string>): JsonValue {
    const references = wanted.references.get(key);
    if (references === undefined) return wanted.properties.get(key) ?? null;
    return references.filter((reference) => !this.#waits(reference, later)).map(asJson);
  }

  #waits(reference: WantedReference, later: ReadonlySet<string>): boolean {
    const target = targetOf(reference, (type, uuid) => this.#names.get(`${type} ${uuid}`));
    return target !== undefined && later.has(keyOf(target));
  }
}

function asJson({ to, uuid, attr }: WantedReference): JsonValue {
  return { ...(to === undefined ? {} : { to }), ...(uuid === undefined ? {} : { uuid }), attr };
}

function outcome(
  wanted: WantedObject,
  action: Outcome["action"],
  changes: readonly Change[],
  uuid: JsonValue | undefined,
): Outcome {
  return { wanted, action, changes, uuid: uuid === undefined ? undefined : String(uuid), error: undefined };
}
