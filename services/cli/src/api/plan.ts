import type { JsonObject } from "@contrail/schema";
import { type CheckedObject, checkObject, placeText, type WantedObject, type WantedReference } from "./check-object.ts";
import type { CurrentState } from "./current-state.ts";
import { type Change, differences } from "./difference.ts";
import { bornWith, isDerived, keyOf, namesIn, nameText, type ObjectName } from "./object-name.ts";
import { inOrder } from "./order.ts";
import type { GivenObject } from "./read-documents.ts";

/** What is to be done about one object. */
export interface PlannedObject {
  readonly wanted: WantedObject;
  /** undefined: it is created. */
  readonly stored: JsonObject | undefined;
  readonly changes: readonly Change[];
  /** Keys of targets that are created later: references to them follow in a second pass. */
  readonly later: ReadonlySet<string>;
}

/** What applying a file would do. Nothing of it is done while there is a problem. */
export interface Plan {
  readonly objects: readonly PlannedObject[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** A file's objects as they are checked, with all that was found. */
export interface CheckedFile {
  readonly objects: readonly WantedObject[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Checks a file's objects, each by itself and against each other. */
export function checkFile(given: readonly GivenObject[]): CheckedFile {
  const checked: readonly CheckedObject[] = given.map(checkObject);
  const objects = checked.flatMap(({ wanted }) => wanted ?? []);
  return {
    objects,
    problems: [...checked.flatMap(({ problems }) => problems), ...duplicates(objects)],
    warnings: checked.flatMap(({ warnings }) => warnings),
  };
}

function duplicates(objects: readonly WantedObject[]): readonly string[] {
  const uuids = Map.groupBy(
    objects.filter(({ uuid }) => uuid !== undefined),
    ({ uuid }) => uuid,
  );
  const twice = [...Map.groupBy(objects, keyOf).values()].flatMap(([first, second]) =>
    first === undefined || second === undefined ? [] : [twiceText(first, second)],
  );
  const shared = [...uuids].flatMap(([uuid, [first, second]]) =>
    first === undefined || second === undefined || keyOf(first) === keyOf(second)
      ? []
      : [`${placeText(first)} and ${placeText(second)} have one uuid, ${uuid}`],
  );
  return [...twice, ...shared];
}

function twiceText(first: WantedObject, { file }: WantedObject): string {
  return `${placeText(first)} ${file === first.file ? "stands twice in the file" : `is in ${file} as well`}`;
}

/** Compares a file's objects with what is there. */
export function planFile(file: CheckedFile, current: CurrentState): Plan {
  const ours = new Map(file.objects.map((object) => [keyOf(object), object] as const));
  const born = new Set(file.objects.flatMap(bornWith).map(keyOf));
  const uuids = new Map(
    file.objects.flatMap(({ type, uuid, fqName }) => (uuid === undefined ? [] : [[`${type} ${uuid}`, fqName]])),
  );
  const willBe = (name: ObjectName): boolean =>
    ours.has(keyOf(name)) || born.has(keyOf(name)) || current.find(name) !== undefined;
  const nameOf = (type: string, uuid: string): readonly string[] | undefined =>
    uuids.get(`${type} ${uuid}`) ?? namesIn(current.withUuid(type, uuid)?.fq_name);
  const problems = [...file.problems];
  const objects = inOrder(
    [...ours.values()].map((wanted) => {
      const isNew = (target: ObjectName): boolean => ours.has(keyOf(target)) && current.find(target) === undefined;
      const targets = targetsOf(wanted, nameOf).filter(isNew);
      return { type: wanted.type, fqName: wanted.fqName, parent: wanted.parent, targets, wanted };
    }),
  ).map(({ item: { wanted }, later }) => {
    const stored = current.find(wanted);
    const changes = stored === undefined ? [] : differences(wanted, stored, nameOf);
    const found = [...problemsOf(wanted, stored, changes, current), ...missing(wanted, willBe, nameOf)];
    problems.push(...found.map((text) => `${placeText(wanted)}: ${text}`));
    return { wanted, stored, changes, later };
  });
  return { objects, problems, warnings: file.warnings };
}

/** The target of a reference by name; undefined where a uuid names nothing. */
export function targetOf(
  { toType, to, uuid }: WantedReference,
  nameOf: (type: string, uuid: string) => readonly string[] | undefined,
): ObjectName | undefined {
  const fqName = to ?? (uuid === undefined ? undefined : nameOf(toType, uuid));
  return fqName === undefined ? undefined : { type: toType, fqName };
}

function targetsOf(wanted: WantedObject, nameOf: Parameters<typeof targetOf>[1]): readonly ObjectName[] {
  return [...wanted.references.values()].flat().flatMap((reference) => targetOf(reference, nameOf) ?? []);
}

function problemsOf(
  wanted: WantedObject,
  stored: JsonObject | undefined,
  changes: readonly Change[],
  current: CurrentState,
): readonly string[] {
  const problems: string[] = [];
  const { uuid } = wanted;
  if (stored === undefined) {
    const owner = uuid === undefined ? undefined : current.takenBy(uuid);
    if (owner !== undefined) problems.push(`its uuid ${uuid} is that of ${nameText(owner)}`);
    return problems;
  }
  if (uuid !== undefined && uuid !== stored.uuid)
    problems.push(`it is there with the uuid ${String(stored.uuid)}, not ${uuid}`);
  if (isDerived(stored) && changes.length > 0)
    problems.push("it is made by the system from other objects and cannot be changed");
  for (const { key, isFixed } of changes) {
    if (isFixed) problems.push(`${key} is given at the creation and cannot be changed; delete the object first`);
  }
  return problems;
}

function missing(
  wanted: WantedObject,
  willBe: (name: ObjectName) => boolean,
  nameOf: Parameters<typeof targetOf>[1],
): readonly string[] {
  const problems: string[] = [];
  const files = wanted.file === undefined ? "file" : "files";
  if (wanted.parent !== undefined && !willBe(wanted.parent)) {
    problems.push(`its parent ${nameText(wanted.parent)} is neither there nor in the ${files}`);
  }
  for (const [key, references] of wanted.references) {
    for (const reference of references) {
      const target = targetOf(reference, nameOf);
      const shown = target === undefined ? `${reference.toType} ${reference.uuid}` : nameText(target);
      if (target === undefined || !willBe(target))
        problems.push(`${key}: ${shown} is neither there nor in the ${files}`);
    }
  }
  return problems;
}
