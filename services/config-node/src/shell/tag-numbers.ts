import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { type NumberPool, TAG_TYPE_IDS, tagValueIds } from "../core/number-pools.ts";
import { tagNameOf } from "../core/tag-name.ts";

/** Numbers of tag types ("0x0100") and of tags ("0x01000001": the type's, and the value's in its type). */
export class TagNumbers {
  readonly #store: ObjectStore;
  readonly #graph: ConfigGraph;

  constructor(store: ObjectStore, graph: ConfigGraph) {
    this.#store = store;
    this.#graph = graph;
  }

  async completeType(object: ConfigObject): Promise<ConfigObject> {
    const known = this.#graph.get(object.uuid)?.properties.tag_type_id ?? object.properties.tag_type_id;
    const id = known ?? `0x${await this.#number(TAG_TYPE_IDS, object)}`;
    return { ...object, properties: { ...object.properties, tag_type_id: id } };
  }

  /** A tag with its type, value and number, and a reference to its type, which exists. */
  async completeTag(object: ConfigObject): Promise<ConfigObject> {
    const name = tagNameOf(object);
    const type = name === undefined ? undefined : this.#graph.find("tag-type", [name.tagType]);
    if (name === undefined || type === undefined) return object;
    const known = this.#graph.get(object.uuid)?.properties.tag_id;
    const tag_id =
      known ?? `${String(type.properties.tag_type_id)}${await this.#number(tagValueIds(name.tagType), object)}`;
    const others = object.refs.filter(({ toType }) => toType !== "tag-type");
    const refs = [...others, { toType: "tag-type", toUuid: type.uuid, toFqName: type.fqName, attr: null }];
    const { tagType: tag_type_name, value: tag_value } = name;
    return { ...object, refs, properties: { ...object.properties, tag_type_name, tag_value, tag_id } };
  }

  /** Four hexadecimal digits. */
  async #number(range: NumberPool, object: ConfigObject): Promise<string> {
    try {
      return (await this.#store.allocate({ ...range, owner: object.uuid })).toString(16).padStart(4, "0");
    } catch (reason) {
      if (ContrailError.from(reason).code !== "store.exhausted_conflict") throw reason;
      throw new ContrailError("config.conflict", `tag_id: no number is left for ${object.fqName.join(":")}`);
    }
  }
}
