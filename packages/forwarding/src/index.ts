export { DROP_REASONS, type DropReason } from "./drop-reason.ts";
export type { FlowEntry, FlowKey, InterfaceCounters } from "./flow.ts";
export { inApplicationOrder } from "./order.ts";
export type * from "./tables.ts";
