import { type ClientRequest, type RequestOptions, request } from "node:http";
import { request as requestSecurely } from "node:https";
import { ContrailError } from "@contrail/errors";
import type { HttpReply } from "@contrail/http-call";
import { type JsonObject, type JsonValue, parseJson, stringifyJson } from "@contrail/schema";
import { collect, type VncBounds } from "./collect.ts";
import type {
  FieldName,
  LinkAttribute,
  LinkTarget,
  ListedObject,
  NewObject,
  ObjectChange,
  ObjectIdentity,
  ObjectKey,
  StoredObject,
  TypeName,
} from "./object-shapes.ts";
import { withWideIntegers } from "./wide-integers.ts";

/**
 * Where the API is: an address, by TLS where an authority is given, or a unix socket; host and port beside that are those
 * with which hrefs of its answers begin.
 */
export type VncEndpoint =
  | { readonly host: string; readonly port: number; readonly authority?: string | undefined }
  | { readonly socketPath: string; readonly host?: string; readonly port?: number };

/** Bounds of calls, and who calls. */
export interface VncOptions extends VncBounds {
  /** API key, or token of a session; undefined: the listener asks for none. */
  readonly token?: string | undefined;
}

const PAGE_LIMIT = 2_000;

/** Objects by uuid, or by name. */
export type WantedObjects<F extends string> = (
  | { readonly uuids: readonly string[] }
  | { readonly fqNames: readonly (readonly string[])[] }
) & {
  /** Lists of children and back references that are shown too. */
  readonly also?: readonly F[];
};

/** Codes of refusals by HTTP status; anything else is "vnc.unavailable". */
const CODES: Readonly<Record<number, string>> = {
  400: "vnc.bad_request",
  401: "vnc.unauthenticated",
  403: "vnc.permission_denied",
  404: "vnc.not_found",
  409: "vnc.conflict",
  412: "vnc.precondition_failed",
  413: "vnc.too_large",
  429: "vnc.too_many_requests",
};

/**
 * A client of the VNC REST API, typed by the names of object types. Refusals reject with a ContrailError whose text is
 * the server's.
 */
export class VncClient {
  readonly #endpoint: VncEndpoint;
  readonly #bounds: VncBounds;
  readonly #identity: Readonly<Record<string, string>>;

  constructor(endpoint: VncEndpoint, { token, ...bounds }: VncOptions = {}) {
    this.#endpoint = endpoint;
    this.#bounds = bounds;
    this.#identity = token === undefined ? {} : { "X-Auth-Token": token };
  }

  /** Creates an object; gives its uuid. */
  async create<const T extends string>(type: T & TypeName<T>, object: NewObject<T>): Promise<string> {
    const answer = await this.call("POST", `/${type}s`, { [type]: asJson(object) });
    return String(inner(answer, type).uuid);
  }

  /** Creates an object unless one of its name exists; gives the uuid either way. */
  async ensure<const T extends string>(
    type: T & TypeName<T>,
    object: NewObject<T> & { readonly fq_name: readonly string[] },
  ): Promise<string> {
    const known = await this.find<string>(type, object.fq_name);
    if (known !== undefined) return known;
    try {
      return await this.create<T>(type, object);
    } catch (reason) {
      if (ContrailError.from(reason).code !== "vnc.conflict") throw reason;
      // Somebody else made it meanwhile, or the uuid is another object's.
      const made = await this.find<string>(type, object.fq_name);
      if (made === undefined) throw reason;
      return made;
    }
  }

  /** The object with its children and back references. */
  read<const T extends string>(type: T & TypeName<T>, uuid: string): Promise<StoredObject<T>> {
    return byTheModel(this.#read(type, uuid));
  }

  /** undefined where there is no such object. */
  readIfThere<const T extends string>(type: T & TypeName<T>, uuid: string): Promise<StoredObject<T> | undefined> {
    return byTheModel(unlessMissing(this.#read(type, uuid)));
  }

  /** ifMatch: the ETag of the object that the change was made for; another one rejects as "vnc.precondition_failed". */
  async update<const T extends string>(
    type: T & TypeName<T>,
    uuid: string,
    change: ObjectChange<T>,
    { ifMatch }: { readonly ifMatch?: string | undefined } = {},
  ): Promise<void> {
    const headers: Record<string, string> = ifMatch === undefined ? {} : { "If-Match": ifMatch };
    await this.call("PUT", pathOf(type, uuid), { [type]: asJson(change) }, headers);
  }

  async remove<const T extends string>(type: T & TypeName<T>, uuid: string): Promise<void> {
    await this.call("DELETE", pathOf(type, uuid));
  }

  /** The uuid of a name; undefined where there is none. */
  async find<const T extends string>(type: T & TypeName<T>, fqName: readonly string[]): Promise<string | undefined> {
    const answer = await unlessMissing(this.call("POST", "/fqname-to-id", { type, fq_name: fqName }));
    return answer === undefined ? undefined : String(answer.uuid);
  }

  /** All objects of a type: by identity, or whole, without children and back references. */
  list<const T extends string>(type: T & TypeName<T>, detail?: false): Promise<readonly ObjectIdentity[]>;
  list<const T extends string>(type: T & TypeName<T>, detail: true): Promise<readonly StoredObject<T>[]>;
  async list(type: string, detail = false): Promise<readonly unknown[]> {
    return listed(type, await this.call("GET", `/${type}s?detail=${detail}`), detail);
  }

  /** Those of some objects, by uuid or by name, that are there: whole, with those children and back references only that are named. */
  readAll<const T extends string>(
    type: T & TypeName<T>,
    wanted: WantedObjects<FieldName<T>>,
  ): Promise<readonly StoredObject<T>[]> {
    return byTheModel(this.#readAll(type, wanted));
  }

  /**
   * All objects of a type with these fields, page by page, in the order of their uuids. limit: objects a page; fewer where
   * they are so large that an answer's bound is met.
   */
  pages<const T extends string, const F extends FieldName<T>>(
    type: T & TypeName<T>,
    fields: readonly F[],
    limit = PAGE_LIMIT,
  ): AsyncGenerator<readonly ListedObject<T, F>[]> {
    return byTheModel(this.#pages(type, fields, limit));
  }

  /** Adds or removes one reference. */
  async updateReference<const F extends string, const T extends string>(
    operation: "ADD" | "DELETE",
    from: ObjectKey<F & TypeName<F>>,
    to: ObjectKey<T & LinkTarget<F, T>>,
    attr: LinkAttribute<F, T> | null = null,
  ): Promise<void> {
    const body = { operation, type: from.type, uuid: from.uuid, "ref-type": to.type, "ref-uuid": to.uuid };
    await this.call("POST", "/ref-update", { ...body, attr: attr as JsonValue }); // Every type of the model is JSON.
  }

  async #read(type: string, uuid: string): Promise<JsonObject> {
    return withWideIntegers(type, inner(await this.call("GET", pathOf(type, uuid)), type));
  }

  async #readAll(type: string, wanted: WantedObjects<string>): Promise<readonly JsonObject[]> {
    const selection: JsonObject =
      "uuids" in wanted ? { obj_uuids: wanted.uuids } : { fq_names: wanted.fqNames.map((name) => name.join(":")) };
    const body = { type, detail: true, fields: wanted.also, ...selection };
    return listed(type, await this.call("POST", "/list-bulk-collection", body), true);
  }

  async *#pages(type: string, fields: readonly string[], limit: number): AsyncGenerator<readonly JsonObject[]> {
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
      yield listed(type, answer, false);
      marker = typeof answer.marker === "string" ? answer.marker : undefined;
    }
  }

  /** One call; gives the answer as an object. */
  async call(
    method: string,
    path: string,
    body?: JsonObject,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<JsonObject> {
    const sent = body === undefined ? undefined : stringifyJson(body);
    const { status, text } = await this.#send(method, path, sent, headers);
    if (status < 200 || status > 299)
      throw new ContrailError(CODES[status] ?? "vnc.unavailable", text, { fields: { status, path } });
    return text === "" ? {} : (parseJson(text) as JsonObject); // Every answer of the API is an object.
  }

  #send(
    method: string,
    path: string,
    body: string | undefined,
    more: Readonly<Record<string, string>>,
  ): Promise<HttpReply> {
    const content =
      body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const call = this.#begin({ method, path, headers: { ...content, ...this.#identity, ...more } });
    const answer = collect(call, this.#bounds);
    call.end(body);
    return answer;
  }

  #begin(options: RequestOptions): ClientRequest {
    const endpoint = this.#endpoint;
    if ("socketPath" in endpoint) return request({ ...endpoint, ...options });
    const { host, port, authority } = endpoint;
    if (authority === undefined) return request({ host, port, ...options });
    return requestSecurely({ host, port, ca: authority, minVersion: "TLSv1.2", ...options });
  }
}

/** The ETag that an object has as it was read: the date of its last change, quoted. */
export function etagOf(object: JsonObject): string {
  return `"${String((object.id_perms as JsonObject | undefined)?.last_modified ?? "")}"`; // The model says IdPermsType.
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

/** What a server that keeps to the model has answered. Given on as it is: to look into its type would cost tsc seconds. */
function byTheModel<R>(answer: unknown): R {
  return answer as R; // Said just above.
}

/** Every type of the model is JSON; the compiler cannot see it of a type that depends on a parameter. */
function asJson(value: unknown): JsonObject {
  return value as JsonObject;
}

function listed(type: string, answer: JsonObject, detail: boolean): readonly JsonObject[] {
  const items = answer[`${type}s`];
  if (!Array.isArray(items)) return [];
  const objects = items as readonly JsonObject[]; // By the API.
  return objects.map((item) => withWideIntegers(type, detail ? inner(item, type) : item));
}
