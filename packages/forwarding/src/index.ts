export { DROP_REASONS, type DropReason } from "./drop-reason.ts";
export { inApplicationOrder } from "./order.ts";
export type { FlowEntry, FlowKey, InterfaceCounters } from "./flow.ts";
export type * from "./tables.ts";
