import { ContrailError } from "@contrail/errors";
import type { ConfigChange, ConfigObject } from "@contrail/schema";
import {
  type JsonObject,
  MODEL_VERSION,
  majorProblem,
  parseJson,
  stringifyJson,
  UNSAID_VERSION,
} from "@contrail/schema";
import type { ObjectChange, Object as WireObject } from "./gen/opencontrail/config/v1/object.ts";

const NO_BYTES = Buffer.alloc(0);

/** The wire form of a configuration object. */
export function toWireObject(object: ConfigObject): WireObject {
  return {
    type: object.type,
    uuid: object.uuid,
    fqName: [...object.fqName],
    parentType: object.parentType ?? "",
    parentUuid: object.parentUuid ?? "",
    revision: object.revision,
    refs: object.refs.map((ref) => ({
      toType: ref.toType,
      toUuid: ref.toUuid,
      toFqName: [...ref.toFqName],
      attr: ref.attr === null ? NO_BYTES : Buffer.from(stringifyJson(ref.attr)),
    })),
    properties: Buffer.from(stringifyJson(object.properties)),
    derived: object.derived,
    epoch: object.epoch,
  };
}

/** The object that a wire form holds. Throws SyntaxError where its JSON is broken. */
export function fromWireObject(wire: WireObject): ConfigObject {
  return {
    type: wire.type,
    uuid: wire.uuid,
    fqName: wire.fqName,
    parentType: wire.parentType === "" ? undefined : wire.parentType,
    parentUuid: wire.parentUuid === "" ? undefined : wire.parentUuid,
    revision: wire.revision,
    refs: wire.refs.map((ref) => ({
      toType: ref.toType,
      toUuid: ref.toUuid,
      toFqName: ref.toFqName,
      attr: ref.attr.length === 0 ? null : parseJson(Buffer.from(ref.attr).toString()),
    })),
    // toWireObject writes nothing but an object here.
    properties: parseJson(Buffer.from(wire.properties).toString() || "{}") as JsonObject,
    derived: wire.derived,
    epoch: wire.epoch,
  };
}

/** The value of one record of topic contrail.config. */
export function toWireChange(change: ConfigChange): ObjectChange {
  const modelMajor = MODEL_VERSION.major;
  if (change.kind === "upsert") {
    return { modelMajor, change: { $case: "upsert", value: toWireObject(change.object) } };
  }
  const { type, uuid, fqName, revision } = change;
  return { modelMajor, change: { $case: "remove", value: { type, uuid, fqName: [...fqName], revision } } };
}

/** Code of the refusal to read what was written by a node of another major version of the model. */
export const OTHER_MAJOR = "wire.precondition_failed";

/**
 * undefined where the message holds no change that this version knows. Throws ContrailError OTHER_MAJOR for one of another
 * major version: what it means is not known, and to go on without it would be to lose it.
 */
export function fromWireChange(wire: ObjectChange): ConfigChange | undefined {
  const { modelMajor = UNSAID_VERSION.major } = wire;
  const problem = majorProblem(
    MODEL_VERSION,
    { major: modelMajor, minor: 0, hash: "" },
    "the writer of the configuration",
  );
  if (problem !== undefined) throw new ContrailError(OTHER_MAJOR, problem, { fields: { major: modelMajor } });
  switch (wire.change?.$case) {
    case "upsert":
      return { kind: "upsert", object: fromWireObject(wire.change.value) };
    case "remove":
      return { kind: "remove", ...wire.change.value };
    default:
      return undefined;
  }
}
