import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type SavedCampaign, whole } from "./saved-campaign.ts";

/** A campaign of changed messages, as its command line asks for it or as it was left. */
export interface MessageCampaign<Counts> {
  readonly seed: number;
  readonly executions: number;
  readonly counts: Counts;
}

/** From the command line, or from the state of a campaign that was ended; undefined where help is asked for. */
export function readCampaign<Counts>(
  state: SavedCampaign<MessageCampaign<Counts>>,
  empty: Counts,
): MessageCampaign<Counts> | undefined {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      executions: { type: "string", default: "10000000" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
    },
  });
  if (values.help) return undefined;
  if (values.resume) return state.load();
  const [executions, seed] = [whole("--executions", values.executions), whole("--seed", values.seed)];
  return { executions, seed, counts: empty };
}

/** What is reachable: after a full collection, which node does on demand with this flag. */
export function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
