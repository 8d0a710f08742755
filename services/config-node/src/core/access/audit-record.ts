import type { JsonObject, JsonValue } from "@contrail/schema";

/** One line of the audit log. It names fields and never holds their values. */
export interface AuditRecord {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly node: string;
  /** X-Request-Id of the answer. */
  readonly id: string;
  readonly who: string;
  /** Address of the caller; "unix" for a unix socket. */
  readonly from: string;
  /** "POST /virtual-networks", without query; by gRPC "create", "update", "delete". */
  readonly what: string;
  readonly type?: string | undefined;
  readonly uuid?: string | undefined;
  readonly name?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly result: "done" | "refused" | "failed";
  /** HTTP's status, or gRPC's. */
  readonly status: number;
  readonly reason?: string | undefined;
  /** Records like this one that were left out before it. */
  readonly left_out?: number | undefined;
}

/** Actions by POST that change nothing. */
const READING: ReadonlySet<string> = new Set([
  "/fqname-to-id",
  "/id-to-fqname",
  "/list-bulk-collection",
  "/obj-cache",
  "/db-check",
  "/virtual-network/:uuid/subnet-ip-count",
]);

const MAX_TEXT = 300;
const MAX_FIELDS = 64;

/** True for a request that is recorded whatever comes of it: it may change something. */
export function isChange(method: string, route: string | undefined): boolean {
  return method !== "GET" && method !== "HEAD" && method !== "OPTIONS" && !READING.has(route ?? "");
}

/** True for a refusal that is recorded, whatever was asked: who may not, and who asks too often. */
export function isDenial(status: number): boolean {
  return status === 401 || status === 403 || status === 429;
}

/** What a request is about, from its path and body; values of properties are left out. */
export function auditTarget(
  params: Readonly<Record<string, string | undefined>>,
  body: JsonValue | undefined,
): Pick<AuditRecord, "type" | "uuid" | "name" | "fields"> {
  const whole = asObject(body);
  const collection = params.types?.replace(/s$/, "");
  const type = params.type ?? collection ?? text(whole?.type) ?? text(whole?.obj_type);
  const inner = (type === undefined ? undefined : asObject(whole?.[type])) ?? whole;
  const keys = inner === undefined ? [] : Object.keys(inner).slice(0, MAX_FIELDS);
  return {
    type: type?.slice(0, MAX_TEXT),
    uuid: (params.uuid ?? text(inner?.uuid) ?? text(whole?.obj_uuid))?.slice(0, MAX_TEXT),
    name: (params.name ?? nameOf(inner?.fq_name) ?? text(inner?.name))?.slice(0, MAX_TEXT),
    fields: keys.length === 0 ? undefined : keys.map((key) => key.slice(0, 100)),
  };
}

/** What became of a request. */
export function auditResult(status: number): AuditRecord["result"] {
  if (status < 400) return "done";
  return status < 500 ? "refused" : "failed";
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function nameOf(value: JsonValue | undefined): string | undefined {
  return Array.isArray(value) ? value.map(String).join(":") : undefined;
}
