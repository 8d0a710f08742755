import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { REPOSITORY } from "@contrail/testkit/embedded";

/** A campaign of changed messages, as its command line asks for it or as it was left. */
export interface MessageCampaign<Counts> {
  readonly seed: number;
  readonly executions: number;
  readonly counts: Counts;
}

/** From the command line, or from the state of a campaign that was ended; undefined where help is asked for. */
export function readCampaign<Counts>(name: string, empty: Counts): MessageCampaign<Counts> | undefined {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      executions: { type: "string", default: "10000000" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
    },
  });
  if (values.help) return undefined;
  if (values.resume) {
    const state = stateFile(name);
    if (!existsSync(state)) throw new Error("there is no campaign to go on with");
    return JSON.parse(readFileSync(state, "utf8")) as MessageCampaign<Counts>; // Written below.
  }
  const [executions, seed] = [whole("--executions", values.executions), whole("--seed", values.seed)];
  return { executions, seed, counts: empty };
}

/** Lets the campaign be gone on with from here. */
export function saveCampaign<Counts>(name: string, campaign: MessageCampaign<Counts>): void {
  mkdirSync(dirname(stateFile(name)), { recursive: true });
  writeFileSync(stateFile(name), JSON.stringify(campaign));
}

/** The campaign is over. */
export function forgetCampaign(name: string): void {
  rmSync(stateFile(name), { force: true });
}

/** What is reachable: after a full collection, which node does on demand with this flag. */
export function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function stateFile(name: string): string {
  return join(REPOSITORY, `.contrail/soak/${name}.json`);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`${name} is a whole number, not ${text}`);
}
