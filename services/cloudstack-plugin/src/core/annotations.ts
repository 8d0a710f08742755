import type { JsonObject, JsonValue } from "@contrail/schema";

/** Keys of annotations that the plugin owns. */
export const KEYS = {
  /** On domains and projects: what CloudStack calls it, "domain", "account" or "project". */
  owner: "cloudstack.owner",
  /** On virtual networks: uuid by which CloudStack's API knows it; absent while that is not known. */
  networkUuid: "cloudstack.uuid",
  /** On virtual networks: CloudStack has sent that uuid with a call, and does so until it shuts the network down. */
  uuidKept: "cloudstack.uuid-kept",
  /** On the domain that stands for CloudStack's ROOT: the uuid that ROOT has. Each CloudStack makes its own at its installation. */
  rootUuid: "cloudstack.root-uuid",
  networkId: "cloudstack.network-id",
  networkState: "cloudstack.network-state",
  networkDomain: "cloudstack.network-domain",
  nameServers: "cloudstack.dns",
  broadcastUri: "cloudstack.broadcast-uri",
  /** On machines: the machine is CloudStack's. */
  machine: "cloudstack.vm-id",
  /** On interfaces, all that follow. */
  nicId: "cloudstack.nic-id",
  nicState: "cloudstack.nic-state",
  defaultNic: "cloudstack.default-nic",
  dnsName: "cloudstack.dns-name",
  vmData: "cloudstack.vm-data",
  password: "cloudstack.password",
  /** The password was saved while the machine was stopped: it is for the next start. */
  passwordKept: "cloudstack.password-kept",
  /** uuid of the host on which the password's machine was seen to run first: on another one it is not for serving any more. */
  passwordHost: "cloudstack.password-host",
  /** The machine of an interface that is being removed. */
  leavingMachine: "cloudstack.leaving-machine",
} as const;

/** New values by key; undefined removes the key. */
export type AnnotationChange = Readonly<Record<string, string | undefined>>;

/** The annotations of an object of the configuration API, by key. */
export function annotationsOf(object: JsonObject): ReadonlyMap<string, string> {
  const wrapper = object.annotations as JsonObject | null | undefined; // The model says KeyValuePairs.
  const pairs = wrapper?.key_value_pair;
  if (!Array.isArray(pairs)) return new Map();
  return new Map(pairs.map((pair: JsonValue) => keyAndValue(pair as JsonObject))); // The model says KeyValuePair.
}

/** The annotations after a change, those of others kept, in the order of their keys. */
export function annotated(before: ReadonlyMap<string, string>, change: AnnotationChange): JsonObject {
  const after = new Map(before);
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) after.delete(key);
    else after.set(key, value);
  }
  const sorted = [...after].sort(([a], [b]) => (a < b ? -1 : 1));
  return { key_value_pair: sorted.map(([key, value]) => ({ key, value })) };
}

/** True where a change would leave the annotations as they are. */
export function isAnnotated(before: ReadonlyMap<string, string>, change: AnnotationChange): boolean {
  return Object.entries(change).every(([key, value]) => before.get(key) === value);
}

function keyAndValue({ key, value }: JsonObject): [string, string] {
  return [String(key ?? ""), String(value ?? "")];
}
