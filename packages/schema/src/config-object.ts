import type { JsonObject, JsonValue } from "./json.ts";

/** One configuration object in memory, of any type, as the store, the transformer, control nodes and agents hold it. */
export interface ConfigObject {
  /** Hyphenated: "virtual-network". */
  readonly type: string;
  readonly uuid: string;
  /** From the root down. */
  readonly fqName: readonly string[];
  /** Hyphenated; undefined for a child of the root or an object without a parent. */
  readonly parentType: string | undefined;
  readonly parentUuid: string | undefined;
  /** Rises at every change of the uuid, across delete and re-creation. */
  readonly revision: bigint;
  readonly refs: readonly ConfigReference[];
  /** Properties by their VNC names ("virtual_network_network_id", "id_perms"), without references and children. */
  readonly properties: JsonObject;
  /** Made by the transformer; a client may not change it. */
  readonly derived: boolean;
  /** Lease epoch of the transformer that wrote it; 0 for objects of clients. */
  readonly epoch: bigint;
}

/** A reference from one object to another. */
export interface ConfigReference {
  readonly toType: string;
  readonly toUuid: string;
  readonly toFqName: readonly string[];
  /** The link attribute; null where there is none. */
  readonly attr: JsonValue;
}

/** What the bus carries for one uuid. */
export type ConfigChange =
  | { readonly kind: "upsert"; readonly object: ConfigObject }
  | {
      readonly kind: "remove";
      readonly type: string;
      readonly uuid: string;
      readonly fqName: readonly string[];
      readonly revision: bigint;
    };
