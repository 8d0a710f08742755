import { type JsonObject, type JsonValue, record } from "@contrail/schema";
import { portsOf, protocolOf } from "./acl-rule.ts";
import { servicesOf } from "./rule-actions.ts";
import { ruleUuid } from "./rule-uuid.ts";

/** Traffic between two networks that a policy sends through services. The same rule makes the same request for both. */
export interface ServiceRequest {
  /** UUID that follows from all the rest but retainAsPath. */
  readonly id: string;
  /** Names of the networks, in the order of the rule. */
  readonly left: string;
  readonly right: string;
  /** ">" or "<>". */
  readonly direction: string;
  readonly protocol: string;
  readonly sourcePorts: readonly JsonValue[];
  readonly destinationPorts: readonly JsonValue[];
  /** Names of the service instances from left to right; one at least. */
  readonly services: readonly string[];
  readonly retainAsPath: boolean;
}

/** Services in a row. */
const MAX_SERVICES = 16;

/**
 * The request of a rule between two networks; undefined where it names no services, too many, or one twice, or where
 * both networks are the same.
 */
export function serviceRequest(
  rule: JsonObject,
  left: string | undefined,
  right: string | undefined,
): ServiceRequest | undefined {
  const services = servicesOf(rule);
  if (services.length > MAX_SERVICES || new Set(services).size < services.length) return undefined;
  if (services.length === 0 || left === undefined || right === undefined) return undefined;
  if (left === right || left === "any" || right === "any") return undefined;
  const key = {
    left,
    right,
    direction: rule.direction === "<>" ? "<>" : ">",
    protocol: protocolOf(rule),
    sourcePorts: portsOf(rule.src_ports),
    destinationPorts: portsOf(rule.dst_ports),
    services,
  };
  const retainAsPath = record(record(rule.action_list).service_properties).retain_as_path === true;
  return { id: ruleUuid(`chain ${JSON.stringify(key)}`), ...key, retainAsPath };
}
