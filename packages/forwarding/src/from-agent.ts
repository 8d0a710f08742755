import type { DropReason } from "./drop-reason.ts";
import { sendTo } from "./frame.ts";
import type { Outcome } from "./outcome.ts";
import { decodePunt, PUNT_REASON } from "./punt.ts";
import type { ForwarderState } from "./state.ts";

/** A frame that the agent wrote to the punt device: it leaves by the interface that its head names. */
export function fromAgent(state: ForwarderState, bytes: Uint8Array): Outcome {
  const punted = decodePunt(bytes);
  if (punted === undefined || punted.head.reason !== PUNT_REASON.fromAgent) return dropped(state, "invalid_packet");
  const row = state.tables.interfaces.get(punted.head.interface);
  if (row === undefined) return dropped(state, "invalid_if");
  return { outputs: [sendTo(state, row, punted.frame.slice())] };
}

function dropped(state: ForwarderState, drop: DropReason): Outcome {
  state.counters.dropped(drop, undefined);
  return { outputs: [], drop };
}
