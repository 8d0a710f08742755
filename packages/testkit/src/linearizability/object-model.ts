import type { SequentialModel } from "./history.ts";

/** What clients ask of the object that has a name: it exists under one of several uuids, or not. */
export type ObjectInput =
  | { readonly kind: "create"; readonly uuid: string; readonly value: string }
  | { readonly kind: "update"; readonly uuid: string; readonly value: string; readonly ifMatch?: string }
  | { readonly kind: "remove"; readonly uuid: string }
  | { readonly kind: "read"; readonly uuid: string }
  /** By its name, or in a list. */
  | { readonly kind: "find" };

/** What they are told. */
export type ObjectOutput =
  /** 200 to a write; tag: the ETag that came with it. */
  | { readonly kind: "done"; readonly tag?: string }
  /** 409 to a create: the name or the uuid is in use; text: of the answer, for people that read a verdict. */
  | { readonly kind: "taken"; readonly text?: string }
  /** 404, or not in the list. */
  | { readonly kind: "missing" }
  /** 412 to an update with If-Match. */
  | { readonly kind: "mismatch" }
  | { readonly kind: "seen"; readonly uuid: string; readonly value?: string; readonly tag?: string };

/** undefined: no object has the name. tag undefined: nobody has been told the ETag of this state. */
type ObjectState =
  | { readonly kind: "absent" }
  | { readonly kind: "present"; readonly uuid: string; readonly value: string; readonly tag: string | undefined };

type Present = Extract<ObjectState, { kind: "present" }>;

const ABSENT: ObjectState = { kind: "absent" };

/** One name of the configuration API. Every value that is written must be another one. */
export const objectModel: SequentialModel<ObjectState, ObjectInput, ObjectOutput> = {
  initial: ABSENT,
  step(state, input, output) {
    switch (input.kind) {
      case "create":
        return created(state, input, output);
      case "update":
        return updated(state, input, output);
      case "remove":
        return removed(state, input.uuid, output);
      case "read":
        return seen(isAt(state, input.uuid) ? state : undefined, state, output);
      case "find":
        return seen(state.kind === "present" ? state : undefined, state, output);
    }
  },
  keyOf: (state) => (state.kind === "absent" ? "absent" : JSON.stringify([state.uuid, state.value, state.tag])),
};

function created(
  state: ObjectState,
  { uuid, value }: { readonly uuid: string; readonly value: string },
  output: ObjectOutput | undefined,
): ObjectState | undefined {
  if (output?.kind === "taken") return state.kind === "present" ? state : undefined;
  if (output !== undefined && output.kind !== "done") return undefined;
  return state.kind === "absent" ? { kind: "present", uuid, value, tag: output?.tag } : undefined;
}

function updated(
  state: ObjectState,
  { uuid, value, ifMatch }: Extract<ObjectInput, { kind: "update" }>,
  output: ObjectOutput | undefined,
): ObjectState | undefined {
  const current = isAt(state, uuid) ? state : undefined;
  switch (output?.kind) {
    case "missing":
      return current === undefined ? state : undefined;
    case "mismatch":
      return current !== undefined && ifMatch !== undefined && current.tag !== ifMatch ? state : undefined;
    case "taken":
    case "seen":
      return undefined;
    case "done":
    case undefined: {
      const isMatch = ifMatch === undefined || current?.tag === undefined || current.tag === ifMatch;
      return current !== undefined && isMatch ? { ...current, value, tag: output?.tag } : undefined;
    }
  }
}

function removed(state: ObjectState, uuid: string, output: ObjectOutput | undefined): ObjectState | undefined {
  if (output?.kind === "missing") return isAt(state, uuid) ? undefined : state;
  if (output !== undefined && output.kind !== "done") return undefined;
  return isAt(state, uuid) ? ABSENT : undefined;
}

/** What is told of an object binds what was not known of it. */
function seen(
  current: Present | undefined,
  state: ObjectState,
  output: ObjectOutput | undefined,
): ObjectState | undefined {
  if (output === undefined) return state;
  if (output.kind === "missing") return current === undefined ? state : undefined;
  if (output.kind !== "seen" || current?.uuid !== output.uuid) return undefined;
  if (output.value !== undefined && output.value !== current.value) return undefined;
  if (output.tag === undefined || output.tag === current.tag) return current;
  return current.tag === undefined ? { ...current, tag: output.tag } : undefined;
}

function isAt(state: ObjectState, uuid: string): state is Present {
  return state.kind === "present" && state.uuid === uuid;
}
