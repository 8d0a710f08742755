import { request } from "node:http";
import { ContrailError } from "@contrail/errors";
import type { HttpReply } from "@contrail/http-call";
import { type JsonObject, type JsonValue, parseJson, stringifyJson } from "@contrail/schema";
import { collect, type VncBounds } from "./collect.ts";

/** Where the API is: an address, or a unix socket. */
export type VncEndpoint = { readonly host: string; readonly port: number } | { readonly socketPath: string };

const PAGE_LIMIT = 2_000;

/** Codes of refusals by HTTP status; anything else is "vnc.unavailable". */
const CODES: Readonly<Record<number, string>> = {
  400: "vnc.bad_request",
  401: "vnc.unauthenticated",
  403: "vnc.permission_denied",
  404: "vnc.not_found",
  409: "vnc.conflict",
  412: "vnc.precondition_failed",
  413: "vnc.too_large",
};

/** A client of the VNC REST API. Refusals reject with a ContrailError whose text is the server's. */
export class VncClient {
  readonly #endpoint: VncEndpoint;
  readonly #bounds: VncBounds;

  constructor(endpoint: VncEndpoint, bounds: VncBounds = {}) {
    this.#endpoint = endpoint;
    this.#bounds = bounds;
  }

  /** Creates an object; gives its uuid. */
  async create(type: string, object: JsonObject): Promise<string> {
    const answer = await this.call("POST", `/${type}s`, { [type]: object });
    return String(inner(answer, type).uuid);
  }

  /** Creates an object unless one of its name exists; gives the uuid either way. */
  async ensure(type: string, object: JsonObject & { readonly fq_name: readonly string[] }): Promise<string> {
    const known = await this.find(type, object.fq_name);
    if (known !== undefined) return known;
    try {
      return await this.create(type, object);
    } catch (reason) {
      if (ContrailError.from(reason).code !== "vnc.conflict") throw reason;
      // Somebody else made it meanwhile, or the uuid is another object's.
      const made = await this.find(type, object.fq_name);
      if (made === undefined) throw reason;
      return made;
    }
  }

  async read(type: string, uuid: string): Promise<JsonObject> {
    return inner(await this.call("GET", pathOf(type, uuid)), type);
  }

  /** undefined where there is no such object. */
  async readIfThere(type: string, uuid: string): Promise<JsonObject | undefined> {
    return unlessMissing(this.read(type, uuid));
  }

  async update(type: string, uuid: string, change: JsonObject): Promise<void> {
    await this.call("PUT", pathOf(type, uuid), { [type]: change });
  }

  async remove(type: string, uuid: string): Promise<void> {
    await this.call("DELETE", pathOf(type, uuid));
  }

  /** The uuid of a name; undefined where there is none. */
  async find(type: string, fqName: readonly string[]): Promise<string | undefined> {
    const answer = await unlessMissing(this.call("POST", "/fqname-to-id", { type, fq_name: fqName }));
    return answer === undefined ? undefined : String(answer.uuid);
  }

  /** All objects of a type, whole, or by identity only. */
  async list(type: string, detail = false): Promise<readonly JsonObject[]> {
    const answer = await this.call("GET", `/${type}s?detail=${detail}`);
    const items = answer[`${type}s`];
    if (!Array.isArray(items)) return [];
    return items.map((item: JsonValue) => (detail ? inner(item as JsonObject, type) : (item as JsonObject))); // By the API.
  }

  /**
   * All objects of a type with these properties and references, page by page, in the order of their uuids. limit: objects a
   * page; fewer where they are so large that an answer's bound is met.
   */
  async *pages(type: string, fields: readonly string[], limit = PAGE_LIMIT): AsyncGenerator<readonly JsonObject[]> {
    let most = limit;
    for (let marker: string | undefined = "0"; marker !== undefined; ) {
      const query: string = `fields=${fields.join(",")}&exclude_hrefs=true&page_limit=${most}&page_marker=${marker}`;
      const answer: JsonObject | undefined = await this.call("GET", `/${type}s?${query}`).catch((reason: unknown) => {
        if (ContrailError.from(reason).code !== "vnc.too_large" || most === 1) throw reason;
        return undefined;
      });
      if (answer === undefined) {
        most = Math.max(1, Math.floor(most / 4));
        continue;
      }
      const items = answer[`${type}s`];
      if (Array.isArray(items)) yield items as readonly JsonObject[]; // By the API.
      marker = typeof answer.marker === "string" ? answer.marker : undefined;
    }
  }

  /** Adds or removes one reference. */
  async updateReference(
    operation: "ADD" | "DELETE",
    from: ObjectKey,
    to: ObjectKey,
    attr: JsonValue = null,
  ): Promise<void> {
    const body = { operation, type: from.type, uuid: from.uuid, "ref-type": to.type, "ref-uuid": to.uuid, attr };
    await this.call("POST", "/ref-update", body);
  }

  /** One call; gives the answer as an object. */
  async call(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
    const { status, text } = await this.#send(method, path, body === undefined ? undefined : stringifyJson(body));
    if (status < 200 || status > 299)
      throw new ContrailError(CODES[status] ?? "vnc.unavailable", text, { fields: { status, path } });
    return text === "" ? {} : (parseJson(text) as JsonObject); // Every answer of the API is an object.
  }

  #send(method: string, path: string, body: string | undefined): Promise<HttpReply> {
    const headers =
      body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const call = request({ ...this.#endpoint, method, path, headers });
    const answer = collect(call, this.#bounds);
    call.end(body);
    return answer;
  }
}

/** One object of the API. */
export interface ObjectKey {
  readonly type: string;
  readonly uuid: string;
}

/** A uuid may come from a person: it is one segment, whatever is in it. */
function pathOf(type: string, uuid: string): string {
  return `/${encodeURIComponent(type)}/${encodeURIComponent(uuid)}`;
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((reason: unknown) => {
    if (ContrailError.from(reason).code === "vnc.not_found") return undefined;
    throw reason;
  });
}

function inner(answer: JsonObject, type: string): JsonObject {
  return (answer[type] ?? {}) as JsonObject; // The API answers {"<type>": {…}}.
}
