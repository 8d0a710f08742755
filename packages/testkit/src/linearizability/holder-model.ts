import type { SequentialModel } from "./history.ts";

/** What is done to an address or a number: one holder has it, or it is free. */
export interface HolderInput {
  /** see: a holder's object was read, and it had it. */
  readonly kind: "take" | "give-back" | "see";
  readonly holder: string;
}

/** "": free. A giving back by one who does not hold it does nothing, as the API has it. */
export const holderModel: SequentialModel<string, HolderInput, "done"> = {
  initial: "",
  step(state, { kind, holder }) {
    switch (kind) {
      case "take":
        return state === "" ? holder : undefined;
      case "give-back":
        return state === holder ? "" : state;
      case "see":
        return state === holder ? state : undefined;
    }
  },
  keyOf: (state) => state,
};
