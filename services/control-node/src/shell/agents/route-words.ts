import type { ReplicationRole, SubProtocol } from "@contrail/rib";
import { agentWire } from "@contrail/wire";

const {
  ASSISTED_REPLICATION_UNSPECIFIED: UNSPECIFIED,
  ASSISTED_REPLICATION_REPLICATOR: REPLICATOR,
  ASSISTED_REPLICATION_LEAF: LEAF,
} = agentWire.AssistedReplication;
const {
  SUB_PROTOCOL_INTERFACE: INTERFACE,
  SUB_PROTOCOL_INTERFACE_STATIC: INTERFACE_STATIC,
  SUB_PROTOCOL_SERVICE_INTERFACE: SERVICE_INTERFACE,
} = agentWire.SubProtocol;

const ROLES: ReadonlyMap<number, ReplicationRole> = new Map([
  [REPLICATOR, "replicator"],
  [LEAF, "leaf"],
]);

const SUB_PROTOCOLS: ReadonlyMap<number, SubProtocol> = new Map([
  [INTERFACE, "interface"],
  [INTERFACE_STATIC, "interface-static"],
  [SERVICE_INTERFACE, "service-interface"],
]);

/** Undefined for none, and for one that only newer agents know. */
export function fromWireRole(role: number): ReplicationRole | undefined {
  return ROLES.get(role);
}

/** What an agent is told of a host's role. */
export function toWireRole(role: ReplicationRole | undefined): agentWire.AssistedReplication {
  if (role === undefined) return UNSPECIFIED;
  return role === "replicator" ? REPLICATOR : LEAF;
}

/** Undefined for none, and for one that only newer agents know. */
export function fromWireSubProtocol(subProtocol: number): SubProtocol | undefined {
  return SUB_PROTOCOLS.get(subProtocol);
}
