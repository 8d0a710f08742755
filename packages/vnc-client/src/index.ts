export type { VncBounds } from "./collect.ts";
export { connectVnc, type VncAccess } from "./connect.ts";
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
export { etagOf, VncClient, type VncEndpoint, type VncOptions } from "./vnc-client.ts";
