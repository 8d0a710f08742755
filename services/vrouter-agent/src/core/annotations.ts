import { type ConfigObject, list, record } from "@contrail/schema";
import { textOf } from "./config-view.ts";

/** The annotations of an object by key (KeyValuePairs: `{"key_value_pair": [{"key", "value"}]}`); of equal keys the last. */
export function annotations(object: ConfigObject): ReadonlyMap<string, string> {
  const pairs = list(record(object.properties.annotations).key_value_pair).map(record);
  return new Map(pairs.map(({ key, value }) => [textOf(key), textOf(value)]));
}

/** Keys that the CloudStack plugin writes: on interfaces the first four, on networks the others. */
export const CLOUDSTACK = {
  vmData: "cloudstack.vm-data",
  password: "cloudstack.password",
  dnsName: "cloudstack.dns-name",
  defaultNic: "cloudstack.default-nic",
  networkDomain: "cloudstack.network-domain",
  nameServers: "cloudstack.dns",
} as const;
