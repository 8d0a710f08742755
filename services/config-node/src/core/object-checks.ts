import { formatMacAddress, parseInetAddress, parseMacAddress } from "@contrail/net";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { bad } from "./request-body.ts";
import { checkRules } from "./rule-checks.ts";

/** First number of the route targets that the system gives to networks (RFC 4360 section 4: 4 octets under a 2-octet AS). */
const FIRST_SYSTEM_TARGET = 8_000_000;
/** The same where the AS has 4 octets, and leaves 2 for the number (RFC 5668). */
const FIRST_SYSTEM_TARGET_LONG_AS = 8_000;
const ROUTE_TARGET_LISTS = [
  "route_target_list",
  "import_route_target_list",
  "export_route_target_list",
  "configured_route_target_list",
] as const;
/** Types whose names stand in front of others, joined by ':': a ':' inside would make two names look alike. */
const NO_COLON = new Set(["domain", "project"]);
/** UTF-16 units of an object as JSON, about; a message on the bus has 16 MiB. Bodies are smaller, but elements can be added. */
const MAX_OBJECT = 4 * 1024 * 1024;
/** What JSON may write as more than one character. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
/** What a number, a boolean or null is counted as. */
const NUMBER_LENGTH = 8;
/** Properties without which an object of the type means nothing. */
const NEEDED: Readonly<Record<string, string>> = {
  "loadbalancer-healthmonitor": "loadbalancer_healthmonitor_properties",
};

/**
 * An object as it may be written: what the model cannot say is checked, MACs are put into their usual form.
 * Throws "config.bad_request" naming the field.
 */
export function checkObject(object: ConfigObject, autonomousSystem: number): ConfigObject {
  if (NO_COLON.has(object.type) && object.fqName.some((part) => part.includes(":"))) {
    throw bad(`fq_name: the name of a ${object.type} must not hold a ':'`);
  }
  const needed = NEEDED[object.type];
  if (needed !== undefined && object.properties[needed] === undefined) {
    throw bad(`Bad property in create: ${needed} is missing`);
  }
  checkSize(object);
  for (const list of ROUTE_TARGET_LISTS) checkRouteTargets(object.properties[list], list, autonomousSystem);
  if (object.type === "network-policy") {
    checkRules("network_policy_entries", object.properties.network_policy_entries, false);
  }
  if (object.type === "security-group") {
    checkRules("security_group_entries", object.properties.security_group_entries, true);
  }
  return object.type === "virtual-machine-interface" ? withUsualMacs(object) : object;
}

function checkSize({ type, properties, refs }: ConfigObject): void {
  const attributes = refs.reduce((sum, { attr, toFqName }) => sum + jsonLength(attr) + jsonLength(toFqName), 0);
  if (attributes + jsonLength(properties) <= MAX_OBJECT) return;
  throw bad(`the ${type} would have more than ${MAX_OBJECT} characters with what is added`);
}

/** About how many characters a value has as JSON, mostly without making the text. */
function jsonLength(value: JsonValue | undefined): number {
  if (typeof value === "string") return ESCAPED.test(value) ? JSON.stringify(value).length : value.length + 2;
  if (typeof value !== "object" || value === null) return NUMBER_LENGTH;
  let length = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) length += jsonLength(item) + 1;
    return length;
  }
  for (const [key, item] of Object.entries(value)) length += key.length + 4 + jsonLength(item);
  return length;
}

function checkRouteTargets(value: JsonValue | undefined, field: string, autonomousSystem: number): void {
  const targets = (value as JsonObject | undefined)?.route_target; // The model says RouteTargetList.
  for (const target of Array.isArray(targets) ? targets.map(String) : []) {
    const [kind, administrator = "", number = ""] = target.split(":");
    const isAs = /^[0-9]{1,10}$/.test(administrator) && Number(administrator) < 2 ** 32;
    const isLong = isAs ? Number(administrator) > 0xffff : true;
    const valid =
      kind === "target" &&
      target.split(":").length === 3 &&
      (isAs || parseInetAddress(administrator) !== undefined) &&
      /^[0-9]{1,10}$/.test(number) &&
      Number(number) < (isLong ? 2 ** 16 : 2 ** 32);
    if (!valid) {
      const format = "Route target must be of the format 'target:<asn>:<number>' or 'target:<ip>:number'";
      throw bad(`${format}: ${field}: ${target.slice(0, 50)}`);
    }
    const first = isLong ? FIRST_SYSTEM_TARGET_LONG_AS : FIRST_SYSTEM_TARGET;
    if (isAs && Number(administrator) === autonomousSystem && Number(number) >= first) {
      const text =
        "Configured route target must use ASN that is different from global ASN or route target value must be";
      throw bad(`${text} less than ${first}: ${field}: ${target}`);
    }
  }
}

function withUsualMacs(object: ConfigObject): ConfigObject {
  const field = "virtual_machine_interface_mac_addresses";
  const given = object.properties[field] as JsonObject | undefined; // The model says MacAddressesType.
  if (!Array.isArray(given?.mac_address)) return object;
  const macs = given.mac_address.map((item: JsonValue) => {
    const mac = parseMacAddress(String(item).replaceAll("-", ":"));
    if (mac === undefined) throw bad(`${field}: ${String(item).slice(0, 50)} is no MAC address`);
    return formatMacAddress(mac);
  });
  return { ...object, properties: { ...object.properties, [field]: { mac_address: macs } } };
}
