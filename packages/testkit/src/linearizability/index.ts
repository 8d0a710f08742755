export { checkHistory } from "./check-history.ts";
export type { Operation, Verdict } from "./history.ts";
export { type HolderInput, holderModel } from "./holder-model.ts";
export { type ObjectInput, type ObjectOutput, objectModel } from "./object-model.ts";
