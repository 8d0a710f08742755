import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  fromBinary,
  getOption,
  hasOption,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { Link, ObjectType, Property, Struct } from "@contrail/schema";

const PACKAGE = "opencontrail.schema.v1";

/** What the schema's messages say: object types by hyphenated name, complex types by message name. */
export interface Model {
  readonly objectTypes: Readonly<Record<string, ObjectType>>;
  readonly structs: Readonly<Record<string, Struct>>;
}

/** The shapes of options.proto, as protobuf-es gives them. */
interface ObjectTypeOption {
  readonly name: string;
  readonly parents: readonly string[];
  readonly since: number;
}

interface PropertyOption {
  readonly jsonName: string;
  readonly presence: string;
  readonly operations: string;
  readonly collection: string;
  readonly mapKey: string;
  readonly defaultJson: string;
  readonly values: readonly string[];
  readonly min?: bigint;
  readonly max?: bigint;
  readonly since: number;
}

interface LinkOption {
  readonly to: string;
  readonly derived: boolean;
  readonly since: number;
}

/** Reads the model out of a descriptor set. Throws where the package's options are not in it. */
export function readModel(descriptorSet: Uint8Array): Model {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  const option = (name: string) => {
    const extension = registry.getExtension(`${PACKAGE}.${name}`);
    if (extension === undefined) throw new Error(`${PACKAGE}.${name} is not in the descriptor set`);
    return extension;
  };
  const [objectType, property, link] = [option("object_type"), option("property"), option("link")];
  const objectTypes: Record<string, ObjectType> = {};
  const structs: Record<string, Struct> = {};

  const readProperty = (field: DescField): [string, Property] => {
    // The option's message has these fields.
    const given = hasOption(field, property) ? (getOption(field, property) as unknown as PropertyOption) : undefined;
    return [given?.jsonName || field.name, { ...typeOf(field), ...constraints(given) }];
  };
  const readLink = (field: DescField): Link => {
    const { to, derived, since } = getOption(field, link) as unknown as LinkOption; // As above.
    const attribute = field.message?.name;
    return {
      to,
      ...(attribute === undefined || attribute === "NoAttribute" ? {} : { attribute }),
      ...(derived ? { derived } : {}),
      ...(since > 0 ? { since } : {}),
    };
  };
  const linksOf = (message: DescMessage): readonly Link[] =>
    message.fields.filter((field) => hasOption(field, link)).map(readLink);
  const readMessage = (message: DescMessage): void => {
    const properties = Object.fromEntries(message.fields.filter((f) => !hasOption(f, link)).map(readProperty));
    if (!hasOption(message, objectType)) {
      structs[message.name] = properties;
      return;
    }
    const { name, parents, since } = getOption(message, objectType) as unknown as ObjectTypeOption; // As above.
    objectTypes[name] = {
      name,
      parents: [...parents],
      properties,
      links: linksOf(message),
      ...(since > 0 ? { since } : {}),
    };
  };

  for (const type of registry) {
    const ours = type.kind === "message" && type.file.proto.package === PACKAGE;
    if (ours && !type.file.name.endsWith("/options")) readMessage(type);
  }
  const base = registry.getMessage(`${PACKAGE}.ObjectBase`);
  if (base === undefined) throw new Error(`${PACKAGE}.ObjectBase is not in the descriptor set`);
  for (const [name, type] of Object.entries(objectTypes)) {
    objectTypes[name] = { ...type, links: withBase(type.links, linksOf(base)) };
  }
  delete structs.NoAttribute;
  return { objectTypes: sorted(objectTypes), structs: sorted(structs) };
}

/** An object type's links and those that every object has. */
function withBase(links: readonly Link[], base: readonly Link[]): readonly Link[] {
  return [...links, ...base.filter(({ to }) => links.every((link) => link.to !== to))];
}

function typeOf(field: DescField): Pick<Property, "type" | "list"> {
  const list = field.fieldKind === "list" ? { list: true } : {};
  if (field.message !== undefined) return { type: field.message.name, ...list };
  const scalar = field.scalar === undefined ? undefined : SCALARS[field.scalar];
  if (scalar === undefined) throw new Error(`${field.toString()}: a scalar that the model does not use`);
  return { type: scalar, ...list };
}

/** Scalar kinds of descriptor.proto: TYPE_INT64 3, TYPE_UINT64 4, TYPE_BOOL 8, TYPE_STRING 9. */
const SCALARS: Readonly<Record<number, string>> = { 3: "integer", 4: "uint64", 8: "boolean", 9: "string" };

function constraints(given: PropertyOption | undefined): Omit<Property, "type" | "list"> {
  if (given === undefined) return {};
  return {
    ...(given.presence ? { presence: given.presence } : {}),
    ...(given.operations ? { operations: given.operations } : {}),
    ...(given.collection === "list" || given.collection === "map" ? { collection: given.collection } : {}),
    ...(given.mapKey ? { mapKey: given.mapKey } : {}),
    ...(given.defaultJson ? { defaultJson: given.defaultJson } : {}),
    ...(given.values.length > 0 ? { values: [...given.values] } : {}),
    ...(given.min === undefined ? {} : { min: Number(given.min) }),
    ...(given.max === undefined ? {} : { max: Number(given.max) }),
    ...(given.since > 0 ? { since: given.since } : {}),
  };
}

function sorted<V>(table: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
}
