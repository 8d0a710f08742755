/** How a process of the extension ended. */
export interface Finished {
  /** undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  /** stdout and stderr in one, as CloudStack reads them. */
  readonly output: string;
}

/** What implement-network says of the network. */
export interface Broadcast {
  readonly type: string;
  readonly uri: string;
}

/** The JSON object of an output; undefined where it is none. */
export function jsonObject(output: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(output);
    const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : undefined; // It is an object, of unknown members.
  } catch {
    return undefined;
  }
}

/** Success: exit 0, and no other status than "success" where the output is an object that has one. */
export function isSuccess({ exitCode, output }: Finished): boolean {
  if (exitCode !== 0) return false;
  const status = jsonObject(output)?.status;
  return typeof status !== "string" || status.trim() === "" || status.toLowerCase() === "success";
}

const TYPES = new Map(["Vlan", "Lswitch", "Vxlan", "Native"].map((type) => [type.toLowerCase(), type]));

/** The two keys of implement-network, flat or nested; undefined where one is missing. An unknown type is Vlan. */
export function broadcastOf(output: string): Broadcast | undefined {
  const object = jsonObject(output);
  const nested = object?.network;
  const inner = typeof nested === "object" && nested !== null ? (nested as Record<string, unknown>) : {}; // Members unknown.
  const type = object?.["network.broadcast_domain_type"] ?? inner.broadcast_domain_type;
  const uri = object?.["network.broadcast_uri"] ?? inner.broadcast_uri;
  if (typeof type !== "string" || typeof uri !== "string" || type === "" || uri === "") return undefined;
  return { type: TYPES.get(type.toLowerCase()) ?? "Vlan", uri };
}
