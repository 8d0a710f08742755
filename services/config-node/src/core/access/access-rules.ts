import type { ConfigObject, JsonObject } from "@contrail/schema";

/** What is done with an object or a field of it. */
export type Operation = "C" | "R" | "U" | "D";

/** Rules of api-access-lists by "<object>.<field>": the roles that may, for each operation. "*" stands for all. */
export type AccessRules = ReadonlyMap<string, Readonly<Record<Operation, ReadonlySet<string>>>>;

/**
 * Fields that lead out of a tenant's own networks, or that the cloud sets for it: a rule has to name them, one for the
 * whole object does not give them.
 */
const GUARDED_FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  project: new Set(["quota"]),
  "virtual-network": new Set([
    "virtual_network_network_id",
    "route_target_list",
    "import_route_target_list",
    "export_route_target_list",
    "is_provider_network",
    "provider_properties",
    "fabric_snat",
    "router_external",
  ]),
  "logical-router": new Set(["configured_route_target_list"]),
  bgpvpn: new Set(["route_target_list", "import_route_target_list", "export_route_target_list"]),
};

/** Types that the system makes, or that reach its own nodes: a tenant's rights on what they stand below do not give them. */
const GUARDED_TYPES: ReadonlySet<string> = new Set(["bgp-router", "routing-instance", "access-control-list"]);

/** Types that stand below nothing and that a tenant has of its own; others of that kind have to be named by a rule. */
const TENANT_TYPES: ReadonlySet<string> = new Set(["virtual-machine", "instance-ip"]);

/** Reads the rules of lists of all levels; what several rules for the same object and field give adds up. */
export function readAccessRules(lists: Iterable<ConfigObject>): AccessRules {
  const rules = new Map<string, Record<Operation, Set<string>>>();
  for (const { properties } of lists) {
    const entries = (properties.api_access_list_entries ?? {}) as JsonObject; // The model says RbacRuleEntriesType.
    for (const rule of objectsIn(entries.rbac_rule)) {
      const key = ruleKey(String(rule.rule_object ?? ""), String(rule.rule_field ?? ""));
      const roles = rules.get(key) ?? { C: new Set(), R: new Set(), U: new Set(), D: new Set() };
      rules.set(key, roles);
      for (const { role_name, role_crud } of objectsIn(rule.rule_perms)) {
        for (const letter of String(role_crud ?? "").toUpperCase()) {
          if (letter === "C" || letter === "R" || letter === "U" || letter === "D") {
            roles[letter].add(String(role_name ?? ""));
          }
        }
      }
    }
  }
  return rules;
}

/**
 * True where a role may. The rule that fits best counts alone: object and field, then the object, then the field of all
 * objects, then everything. Nobody may what no rule gives. field "": the object itself. isRooted: it stands below another.
 */
export function allows(
  rules: AccessRules,
  roles: readonly string[],
  operation: Operation,
  type: { readonly name: string; readonly isRooted: boolean },
  field = "",
): boolean {
  const keys = [ruleKey(type.name, field), ruleKey(type.name, ""), ruleKey("*", field), ruleKey("*", "")];
  const isGuarded = field !== "" && operation !== "R" && GUARDED_FIELDS[type.name]?.has(field) === true;
  const isForeign = GUARDED_TYPES.has(type.name) || (!type.isRooted && !TENANT_TYPES.has(type.name));
  const isNamed = isForeign && operation !== "R";
  const usable = isGuarded ? keys.slice(0, 1) : isNamed ? keys.slice(0, 2) : keys;
  for (const key of usable) {
    const granted = rules.get(key)?.[operation];
    if (granted !== undefined) return granted.has("*") || roles.some((role) => granted.has(role));
  }
  return false;
}

/** Fields of a type that some rule names. */
export function namedFields(rules: AccessRules, type: string): readonly string[] {
  const found: string[] = [];
  for (const key of rules.keys()) {
    const [object = "", field = ""] = key.split("\n");
    if (field !== "*" && (object === "*" || object === normalized(type))) found.push(field);
  }
  return found;
}

function ruleKey(object: string, field: string): string {
  return `${normalized(object)}\n${field === "" ? "*" : normalized(field)}`;
}

/** Names are written with hyphens and with underscores. */
function normalized(name: string): string {
  return name.trim().replaceAll("-", "_");
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : []; // The model says lists of objects.
}
