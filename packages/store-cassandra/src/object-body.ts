import { type ConfigObject, type ConfigReference, type JsonObject, parseJson, stringifyJson } from "@contrail/schema";

/**
 * An object as one text, with the revision that it was written with. In one cell: a read that finds a write on some of the
 * copies brings the others those columns only that were asked for (Cassandra, "read_repair"), so that columns of a row may
 * be of different writes for readers that come after it. The revision tells.
 */
export function encodeBody(object: ConfigObject): string {
  const { uuid: _, revision, epoch, parentType, parentUuid, refs, ...common } = object;
  return stringifyJson({
    ...common,
    revision: String(revision),
    epoch: String(epoch),
    parentType: parentType ?? null,
    parentUuid: parentUuid ?? null,
    refs: refs.map(({ toType, toUuid, toFqName, attr }) => ({ toType, toUuid, toFqName, attr })),
  });
}

/** The object of a text of encodeBody(). */
export function decodeBody(uuid: string, text: string): ConfigObject {
  const body = parseJson(text) as JsonObject & EncodedBody; // Written by encodeBody().
  return {
    uuid,
    type: body.type,
    fqName: body.fqName,
    parentType: body.parentType ?? undefined,
    parentUuid: body.parentUuid ?? undefined,
    revision: BigInt(body.revision),
    refs: body.refs,
    properties: body.properties,
    derived: body.derived,
    epoch: BigInt(body.epoch),
  };
}

interface EncodedBody {
  readonly type: string;
  readonly fqName: string[];
  readonly parentType: string | null;
  readonly parentUuid: string | null;
  readonly revision: string;
  readonly refs: ConfigReference[] & JsonObject[];
  readonly properties: JsonObject;
  readonly derived: boolean;
  readonly epoch: string;
}
