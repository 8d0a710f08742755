import { ETHERNET_BYTES } from "./constants.ts";
import type { DropReason } from "./drop-reason.ts";
import { sendTo } from "./frame.ts";
import type { Outcome } from "./outcome.ts";
import { decodePunt, PUNT_HEAD_BYTES, PUNT_REASON } from "./punt.ts";
import { fromService, isServiceFrame } from "./service-packet.ts";
import type { ForwarderState } from "./state.ts";

/**
 * A frame from the agent's end of the punt device: one that the agent wrote leaves by the interface that its head names,
 * one of the host's sockets by the interface that it is addressed to.
 */
export function fromAgent(state: ForwarderState, bytes: Uint8Array): Outcome {
  if (bytes.length >= PUNT_HEAD_BYTES + ETHERNET_BYTES && isServiceFrame(bytes)) return fromService(state, bytes);
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
