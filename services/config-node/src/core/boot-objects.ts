import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import { BOOT_ALARMS } from "./boot-alarms.ts";
import { SERVICE_TEMPLATES } from "./service-templates.ts";

/** An object that must exist before the node serves; references are by type and name. */
export interface BootObject {
  readonly type: string;
  readonly fqName: readonly string[];
  readonly parentType?: string;
  readonly properties?: JsonObject;
  readonly references?: readonly { readonly type: string; readonly to: readonly string[]; readonly attr?: JsonValue }[];
}

const DOMAIN = "default-domain";
const PROJECT = "default-project";
const GLOBAL = "default-global-system-config";

/** Tag types in the order of their fixed ids, 0 for label: the first six are OpenContrail's numbers. */
const TAG_TYPES = ["label", "application", "tier", "deployment", "site", "neutron_fwaas", "provider_network"];
/** perms2: everybody may read it and refer to it. */
const READ_AND_LINK = 5;

/** Types of objects that are born with children. */
export const TYPES_WITH_CHILDREN = ["domain", "project"] as const;

/** What the list of a new cloud names: questions that every role may ask, as in OpenContrail's. */
const EVERYBODY = ["fqname-to-id", "id-to-fqname", "useragent-kv", "documentation", "/"];

/** The objects that exist from the first start on, parents first; networks get their routing instances elsewhere. */
export const BOOT_OBJECTS: readonly BootObject[] = [
  { type: "config-root", fqName: ["config-root"] },
  { type: "global-system-config", fqName: [GLOBAL], properties: { autonomous_system: 64512 } },
  {
    type: "global-vrouter-config",
    fqName: [GLOBAL, "default-global-vrouter-config"],
    properties: {
      encapsulation_priorities: { encapsulation: ["MPLSoUDP", "MPLSoGRE", "VXLAN"] },
      forwarding_mode: "l2_l3",
    },
  },
  { type: "global-qos-config", fqName: [GLOBAL, "default-global-qos-config"] },
  { type: "fabric", fqName: [GLOBAL, "default-fabric"] },
  { type: "discovery-service-assignment", fqName: ["default-discovery-service-assignment"] },
  { type: "policy-management", fqName: ["default-policy-management"], parentType: "config-root" },
  {
    type: "application-policy-set",
    fqName: ["default-policy-management", "default-application-policy-set"],
    parentType: "policy-management",
    properties: { all_applications: true },
    references: [{ type: "global-vrouter-config", to: [GLOBAL, "default-global-vrouter-config"] }],
  },
  ...TAG_TYPES.map((name, index) => ({
    type: "tag-type",
    fqName: [name],
    properties: { tag_type_id: `0x${index.toString(16).padStart(4, "0")}` },
  })),
  { type: "domain", fqName: [DOMAIN] },
  {
    type: "api-access-list",
    fqName: [GLOBAL, "default-api-access-list"],
    parentType: "global-system-config",
    properties: { api_access_list_entries: { rbac_rule: EVERYBODY.map(openRule) } },
  },
  {
    type: "network-ipam",
    fqName: [DOMAIN, PROJECT, "default-network-ipam"],
    properties: { perms2: { global_access: READ_AND_LINK } },
  },
  {
    type: "network-ipam",
    fqName: [DOMAIN, PROJECT, "service-chain-flat-ipam"],
    properties: {
      ipam_subnet_method: "flat-subnet",
      ipam_subnets: {
        subnets: [
          { subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 8 } },
          { subnet: { ip_prefix: "::ffff:0", ip_prefix_len: 104 } },
        ],
      },
    },
  },
  { type: "security-group", fqName: [DOMAIN, PROJECT, "__no_rule__"] },
  { type: "virtual-network", fqName: [DOMAIN, PROJECT, "default-virtual-network"] },
  { type: "virtual-network", fqName: [DOMAIN, PROJECT, "ip-fabric"], properties: { is_provider_network: true } },
  { type: "virtual-network", fqName: [DOMAIN, PROJECT, "__link_local__"] },
  { type: "virtual-network", fqName: [DOMAIN, PROJECT, "dci-network"] },
  ...SERVICE_TEMPLATES,
  ...BOOT_ALARMS,
];

const RESERVED = new Set(BOOT_OBJECTS.map(({ type, fqName }) => reservedKey(type, fqName)));

/** True for an object that the system needs: it exists from the first start on, and no client may remove it. */
export function isReserved(type: string, fqName: readonly string[]): boolean {
  return RESERVED.has(reservedKey(type, fqName));
}

function reservedKey(type: string, fqName: readonly string[]): string {
  return `${type} ${JSON.stringify(fqName)}`;
}

/** Children that a new object gets at once, before its creation is answered. */
export function defaultChildren(type: string, fqName: readonly string[]): readonly BootObject[] {
  if (type === "domain") return [{ type: "project", fqName: [...fqName, "default-project"] }];
  if (type === "project") return [defaultSecurityGroup(fqName), defaultPolicySet(fqName)];
  return [];
}

/** The set that a project's firewall policies are put into where no other is named. */
function defaultPolicySet(project: readonly string[]): BootObject {
  const fqName = [...project, "default-application-policy-set"];
  return { type: "application-policy-set", fqName, parentType: "project", properties: { all_applications: true } };
}

/** True for an object that its parent was born with. */
export function isBornWithParent({
  type,
  fqName,
  parentType,
}: Pick<ConfigObject, "type" | "fqName" | "parentType">): boolean {
  const born = defaultChildren(parentType ?? "", fqName.slice(0, -1));
  return born.some((child) => child.type === type && child.fqName.at(-1) === fqName.at(-1));
}

function defaultSecurityGroup(project: readonly string[]): BootObject {
  const fqName = [...project, "default"];
  const group = { security_group: fqName.join(":") };
  const local = { security_group: "local" };
  const rules = (["IPv4", "IPv6"] as const).flatMap((ethertype) => {
    const prefix =
      ethertype === "IPv4" ? { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } : { ip_prefix: "::", ip_prefix_len: 0 };
    return [rule(group, local, ethertype), rule(local, { subnet: prefix }, ethertype)];
  });
  return { type: "security-group", fqName, properties: { security_group_entries: { policy_rule: rules } } };
}

function rule(source: JsonObject, destination: JsonObject, ethertype: string): JsonObject {
  const ports = [{ start_port: 0, end_port: 65535 }];
  return {
    direction: ">",
    protocol: "any",
    ethertype,
    src_addresses: [source],
    src_ports: ports,
    dst_addresses: [destination],
    dst_ports: ports,
  };
}

function openRule(rule_object: string): JsonObject {
  return { rule_object, rule_field: "", rule_perms: [{ role_name: "*", role_crud: "CRUD" }] };
}
