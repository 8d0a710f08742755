import type { JsonObject } from "@contrail/schema";
import type { BootObject } from "./boot-objects.ts";

const CRITICAL = 0;
const MAJOR = 1;
const EVERY_NODE = ["analytics-node", "config-node", "control-node", "database-node", "vrouter"];
const STATE = "NodeStatus.process_status";
const DISK = "NodeStatus.disk_usage_info.__value.percentage_partition_space_used";
const PEERS = "BgpRouterState";

/** One condition on a UVE; operand2: a JSON text, or the path of another attribute. */
type Condition = readonly [operand1: string, operation: string, operand2: string | { readonly path: string }];

/** The alarms that the system defines: an alarm is raised where one of its conditions holds. */
export const BOOT_ALARMS: readonly BootObject[] = [
  alarm("process-status", CRITICAL, EVERY_NODE, [
    "NodeStatus.process_info.process_state",
    "!=",
    '"PROCESS_STATE_RUNNING"',
  ]),
  alarm("process-connectivity", CRITICAL, EVERY_NODE, [`${STATE}.state`, "!=", '"Functional"']),
  alarm("node-status", CRITICAL, EVERY_NODE, ["NodeStatus", "==", "null"]),
  alarm("conf-incorrect", MAJOR, EVERY_NODE, ["ContrailConfig", "==", "null"]),
  alarm("partial-sysinfo", MAJOR, EVERY_NODE, ["NodeStatus.build_info", "==", "null"]),
  alarm("disk-usage-high", MAJOR, EVERY_NODE, [DISK, "range", "[70, 90]"]),
  alarm("disk-usage-critical", CRITICAL, EVERY_NODE, [DISK, ">", "90"]),
  alarm("core-files", CRITICAL, EVERY_NODE, ["NodeStatus.all_core_file_list", "size!=", "0"]),
  alarm("package-version-mismatch", CRITICAL, EVERY_NODE, [
    "NodeStatus.running_package_version",
    "!=",
    { path: "NodeStatus.installed_package_version" },
  ]),
  alarm(
    "bgp-connectivity",
    MAJOR,
    ["control-node"],
    [`${PEERS}.num_up_bgp_peer`, "==", "null"],
    [`${PEERS}.num_up_bgp_peer`, "!=", { path: `${PEERS}.num_bgp_peer` }],
  ),
  alarm(
    "xmpp-connectivity",
    MAJOR,
    ["control-node"],
    [`${PEERS}.num_up_xmpp_peer`, "==", "null"],
    [`${PEERS}.num_up_xmpp_peer`, "!=", { path: `${PEERS}.num_xmpp_peer` }],
  ),
  alarm("vrouter-interface", MAJOR, ["vrouter"], ["VrouterAgent.down_interface_count", ">=", "1"]),
  alarm(
    "address-mismatch-compute",
    MAJOR,
    ["vrouter"],
    ["ContrailConfig.elements.virtual_router_ip_address", "!=", { path: "VrouterAgent.control_ip" }],
  ),
];

function alarm(name: string, severity: number, uve_key: readonly string[], ...any: readonly Condition[]): BootObject {
  return {
    type: "alarm",
    fqName: ["default-global-system-config", `system-defined-${name}`],
    parentType: "global-system-config",
    properties: {
      alarm_severity: severity,
      uve_keys: { uve_key },
      alarm_rules: { or_list: any.map((condition) => ({ and_list: [expression(condition)] })) },
    },
  };
}

function expression([operand1, operation, operand2]: Condition): JsonObject {
  const value = typeof operand2 === "string" ? { json_value: operand2 } : { uve_attribute: operand2.path };
  return { operand1, operation, operand2: value };
}
