import type { JsonObject, JsonValue } from "@contrail/schema";
import { stringifyJson } from "@contrail/schema";

/** What the server gives an object of the administrator. */
const DEFAULT_PERMS2: JsonObject = { owner: "cloud-admin", owner_access: 7, global_access: 0, share: [] };
/** Of id_perms these can be set by a client; the model's defaults stand beside them. */
const ID_PERMS: JsonObject = { enable: true, description: "", user_visible: true };
/** Parts of a subnet that the server fills in. */
const SUBNET_VALUES = ["subnet_uuid", "default_gateway", "dns_server_address"] as const;

/**
 * A property's wanted value with what the server adds to it: parts of subnets, permissions that are not named, the form of
 * MACs. What the file says is never replaced.
 */
export function completed(key: string, wanted: JsonValue, stored: JsonValue | undefined): JsonValue {
  switch (key) {
    case "id_perms":
      return wanted === null
        ? (stored ?? null)
        : { ...(stored as JsonObject), ...pick(wanted as JsonObject, ID_PERMS) }; // IdPermsType.
    case "perms2":
      return wanted === null
        ? (stored ?? null)
        : { ...DEFAULT_PERMS2, ...(stored as JsonObject), ...(wanted as JsonObject) }; // PermType2.
    case "virtual_machine_interface_mac_addresses":
      return withUsualMacs(wanted, stored);
    default:
      return wanted;
  }
}

/** A reference's wanted attribute with the server's values of subnets of the same prefix. */
export function completedAttribute(key: string, wanted: JsonValue, stored: JsonValue): JsonValue {
  if (key !== "network_ipam_refs" || wanted === null || stored === null) return wanted;
  const subnets = (wanted as JsonObject).ipam_subnets; // The model says VnSubnetsType.
  if (!Array.isArray(subnets)) return wanted;
  const known = new Map(subnetsOf(stored).map((subnet) => [prefixOf(subnet), subnet]));
  const filled = (subnets as readonly JsonObject[]).map((subnet) => {
    const before = known.get(prefixOf(subnet)) ?? {};
    const usual = before.enable_dhcp === true ? { enable_dhcp: true } : {};
    return { ...pick(before, SUBNET_VALUES), ...usual, ...subnet };
  });
  return { ...(wanted as JsonObject), ipam_subnets: filled };
}

/** Permissions as a file has them: what differs from what the server gives by itself; undefined where nothing does. */
export function shownPermissions(key: string, stored: JsonValue): JsonValue | undefined {
  const value = stored as JsonObject; // The model says IdPermsType and PermType2.
  if (key === "perms2") return canonical(value) === canonical(DEFAULT_PERMS2) ? undefined : value;
  const changed = Object.entries(ID_PERMS).filter(([name, usual]) => (value[name] ?? usual) !== usual);
  return changed.length === 0 ? undefined : Object.fromEntries(changed.map(([name]) => [name, value[name]]));
}

/** An attribute as a file has it: without the uuids of subnets, unless they are asked for. */
export function shownAttribute(key: string, attr: JsonValue, withUuids: boolean): JsonValue {
  if (withUuids || key !== "network_ipam_refs" || attr === null) return attr;
  const subnets = subnetsOf(attr).map(({ subnet_uuid: _, ...subnet }) => subnet);
  return subnets.length === 0 ? attr : { ...(attr as JsonObject), ipam_subnets: subnets };
}

/** One text for values that differ at most in the order of keys. */
export function canonical(value: JsonValue | undefined): string {
  return stringifyJson(sorted(value ?? null));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as JsonObject).filter(([, item]) => item !== undefined && item !== null);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item ?? null)]),
  );
}

function withUsualMacs(wanted: JsonValue, stored: JsonValue | undefined): JsonValue {
  const macs = (wanted as JsonObject | null)?.mac_address; // The model says MacAddressesType.
  if (!Array.isArray(macs) || macs.length === 0) return stored ?? null; // The server gives one.
  return { mac_address: macs.map((mac: JsonValue) => String(mac).toLowerCase().replaceAll("-", ":")) };
}

function subnetsOf(attr: JsonValue): readonly JsonObject[] {
  const subnets = (attr as JsonObject | null)?.ipam_subnets; // The model says VnSubnetsType.
  return Array.isArray(subnets) ? (subnets as readonly JsonObject[]) : [];
}

function prefixOf(subnet: JsonObject): string {
  return canonical(subnet.subnet);
}

function pick(value: JsonObject, keys: readonly string[] | JsonObject): JsonObject {
  const names = Array.isArray(keys) ? (keys as readonly string[]) : Object.keys(keys);
  return Object.fromEntries(names.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]]])));
}
