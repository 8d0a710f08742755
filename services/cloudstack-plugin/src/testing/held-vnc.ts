import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import { VncClient } from "@contrail/vnc-client";
import { referencesOf } from "../core/references.ts";
import type { HeldConfiguration } from "./held-configuration.ts";

/** Types whose objects are shown with who refers to them, when they are read one by one. */
const REFERRING = ["virtual-machine-interface", "instance-ip"];

/** A client whose configuration node is a configuration in memory. */
export class HeldVnc extends VncClient {
  readonly #held: HeldConfiguration;
  readonly #onWrite: (type: string, uuid: string) => void;

  /** onWrite: told of each write before it is made; what it throws is the server's refusal. */
  constructor(held: HeldConfiguration, onWrite: (type: string, uuid: string) => void = () => undefined) {
    super({ socketPath: "/nowhere" });
    this.#held = held;
    this.#onWrite = onWrite;
  }

  override async call(method: string, path: string, body: JsonObject = {}): Promise<JsonObject> {
    const [segment = "", uuid] = path.slice(1).split(/[/?]/);
    switch (`${method} ${segment}`) {
      case "POST list-bulk-collection":
        return this.#bulk(String(body.type), body.obj_uuids as readonly string[]); // By the API.
      case "POST fqname-to-id":
        return this.#find(String(body.type), body.fq_name);
    }
    if (method === "POST") return this.#create(segment.slice(0, -1), body);
    if (path.endsWith("?count=true")) return { [segment]: { count: this.#held.list(segment.slice(0, -1)).length } };
    if (method === "GET" && path.includes("?")) return { [segment]: this.#held.list(segment.slice(0, -1)) };
    const object = this.#held.list(segment).find((one) => one.uuid === uuid);
    if (object === undefined || uuid === undefined) throw new ContrailError("vnc.not_found", `there is no ${path}`);
    if (method === "GET") return { [segment]: { ...object, ...this.#backReferences(uuid) } };
    this.#onWrite(segment, uuid);
    if (method === "DELETE") this.#held.write({ kind: "remove", type: segment, uuid, unlessUsed: false });
    else this.#held.write({ kind: "update", type: segment, uuid, change: body[segment] as JsonObject });
    return {};
  }

  #create(type: string, body: JsonObject): JsonObject {
    const object = body[type] as JsonObject; // By the API.
    this.#onWrite(type, String(object.uuid));
    return { [type]: { uuid: this.#held.create(type, object) } };
  }

  #bulk(type: string, uuids: readonly string[]): JsonObject {
    const objects = this.#held.list(type).filter(({ uuid }) => uuids.includes(String(uuid)));
    return { [`${type}s`]: objects.map((object) => ({ [type]: object })) };
  }

  #find(type: string, name: unknown): JsonObject {
    const found = this.#held.list(type).find((object) => String(object.fq_name) === String(name));
    if (found === undefined) throw new ContrailError("vnc.not_found", `there is no ${String(name)}`);
    return { uuid: String(found.uuid) };
  }

  #backReferences(uuid: string): JsonObject {
    const lists = REFERRING.map((type): [string, readonly JsonObject[]] => {
      const users = this.#held
        .list(type)
        .filter((object) =>
          Object.keys(object).some(
            (key) => key.endsWith("_refs") && referencesOf(object, key).some((reference) => reference.uuid === uuid),
          ),
        );
      return [`${type.replaceAll("-", "_")}_back_refs`, users.map((user) => ({ uuid: String(user.uuid) }))];
    });
    return Object.fromEntries(lists);
  }
}
