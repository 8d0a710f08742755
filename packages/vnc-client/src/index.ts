export type { VncBounds } from "./collect.ts";
export type * from "./gen/objects.ts";
export type {
  FieldName,
  ListedObject,
  NewObject,
  ObjectChange,
  ObjectIdentity,
  ObjectKey,
  ObjectTypeName,
  StoredObject,
} from "./object-shapes.ts";
export type { ChildReference, Reference, StoredReference } from "./reference.ts";
export { etagOf, VncClient, type VncEndpoint } from "./vnc-client.ts";
