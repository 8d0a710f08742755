export { internetChecksum, updatedChecksum } from "./checksum.ts";
export * from "./constants.ts";
export { DROP_REASONS, type DropReason } from "./drop-reason.ts";
export type { FlowEntry, FlowKey, InterfaceCounters } from "./flow.ts";
export { FLOW_IDLE_NS, flowExpired } from "./flow-age.ts";
export { flowHash, flowKeyText, reverseFlowKey } from "./flow-key.ts";
export { createForwarder, type Forwarder } from "./forwarder.ts";
export { inApplicationOrder } from "./order.ts";
export type { Offload, Outcome, Output } from "./outcome.ts";
export { AGENT_MAC, decodePunt, encodePunt, PUNT_HEAD_BYTES, PUNT_REASON, type PuntHead } from "./punt.ts";
export { isRowDelta, type RowDelta, removalOf, rowKey, type TableName } from "./row-key.ts";
export { MAX_ACL_RULES, MAX_ECMP_MEMBERS, MAX_GROUPS, MAX_INTERFACE_ID, rowProblem } from "./row-problem.ts";
export {
  interfaceOfLinkLocal,
  LINK_LOCAL_PREFIX,
  linkLocalOf,
  METADATA_ADDRESS,
  SERVICE_ADDRESSES,
  SERVICE_PORTS,
} from "./service.ts";
export { emptyState, type ForwarderLimits, type ForwarderState } from "./state.ts";
export type * from "./tables.ts";
export { encapsulate, type TunnelEnds } from "./tunnel.ts";
