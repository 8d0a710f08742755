import { parseArgs } from "node:util";
import { chosen, whole } from "../option-values.ts";

const CASES = ["t1", "t2", "t3"] as const;
const PEERS = ["gobgp", "frr", "bird"] as const;

export type CaseName = (typeof CASES)[number];
export type PeerName = (typeof PEERS)[number];

export interface Options {
  readonly cases: readonly CaseName[];
  readonly peers: readonly PeerName[];
  /** Rounds that are counted; one more goes before them. */
  readonly runs: number;
  /** Routes that the injector announces. */
  readonly routes: number;
}

export const HELP = `npm run bench -- control [options]

The control node as a route reflector of VPNv4 routes beside FRR and BIRD as Debian has them, and GoBGP: the newest where
this machine has Go to build it (once, into .contrail/cache), otherwise Debian's. One JSON line a result on stdout,
progress on stderr. Needs root. Each speaker is a process that lives for the whole bench; a round begins with new
sessions. The time goes from the injector's first octet to the last route at the last collector.

  t1  100 routes a message, one collector; with it the loss of the injector (t7: until the collector has heard of every
      withdrawal) and resident memory a route (t5, in the first round)
  t2  one route a message, one collector
  t3  100 routes a message, ten collectors

  --only NAME    a case; may be given again (all)
  --peer NAME    gobgp, frr or bird; may be given again (those that are installed)
  --runs N       rounds (5)
  --routes N     routes, in 1000 sets of attributes (100000)
  --help         this text
`;

/** Reads the command line; "help" where that is asked for. Throws where it is wrong. */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      peer: { type: "string", multiple: true },
      runs: { type: "string", default: "5" },
      routes: { type: "string", default: "100000" },
    },
  });
  if (values.help) return "help";
  return {
    cases: chosen("--only", CASES, values.only),
    peers: chosen("--peer", PEERS, values.peer),
    runs: whole("--runs", values.runs, 1, 1_000),
    routes: whole("--routes", values.routes, 1_000, 1_000_000),
  };
}
