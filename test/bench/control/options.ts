import { parseArgs } from "node:util";
import { chosen, whole } from "../option-values.ts";

const CASES = ["t1", "t2", "t3", "t4", "t5", "t6", "t8", "growth"] as const;
const PEERS = ["gobgp", "frr", "bird"] as const;

export type CaseName = (typeof CASES)[number];
export type PeerName = (typeof PEERS)[number];

export interface Options {
  readonly cases: readonly CaseName[];
  readonly peers: readonly PeerName[];
  /** Rounds that are counted; in most cases one more goes before them. */
  readonly runs: number;
  /** Routes that the injector announces in t1 to t4. */
  readonly routes: number;
  /** Longest that a peer may take for one round, in seconds: it is left out of the case then. */
  readonly patience: number;
  /** Routes of t5 and t8, and the most of growth. */
  readonly large: number;
  /** Agents of t6, and routes that each of them is sent. */
  readonly agents: number;
  /** Single changes of t6 that are timed. */
  readonly changes: number;
}

export const HELP = `npm run bench -- control [options]

The control node as a route reflector of VPNv4 routes beside FRR and BIRD as Debian has them, and GoBGP: the newest where
this machine has Go to build it (once, into .contrail/cache), otherwise Debian's. One JSON line a result on stdout,
progress on stderr. Needs root. Each speaker is a process that lives for one case; a round begins with new sessions. The
time goes from the injector's first octet to the last route at the last collector.

  t1      100 routes a message, one collector; with it the loss of the injector (t7: until the collector has heard of
          every withdrawal)
  t2      one route a message, one collector
  t3      100 routes a message, ten collectors
  t4      as t1, in 1000 routing instances, each route in two of them, and route-target constraint on the collector's
          session; beside GoBGP with as many, and beside our own t1
  t5      resident memory a route, after the first load of a process, each route in one of 1000 routing instances
  t6      no peer: agents of one network, each of which publishes a route that all of them are sent; then the time of
          single changes from one agent to another, while nothing else happens and while everything changes
  t8      no peer: sessions with a hold time of 9 s that end while routes are loaded and lost, and the longest time that
          the node's event loop was held up
  growth  t1 at three sizes, and the exponent of its growth

  --only NAME    a case; may be given again (all)
  --peer NAME    gobgp, frr or bird; may be given again (those that are installed)
  --runs N       rounds (5)
  --routes N     routes of t1 to t4, in 1000 sets of attributes (100000)
  --large N      routes of t5 and t8, and the most of growth, which begins with a hundredth of them (1000000)
  --agents N     agents of t6, and routes that each is sent (1000)
  --changes N    single changes of t6 (500)
  --patience N   seconds that a peer may take for one round; with more it is left out of the case (300)
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
      large: { type: "string", default: "1000000" },
      patience: { type: "string", default: "300" },
      agents: { type: "string", default: "1000" },
      changes: { type: "string", default: "500" },
    },
  });
  if (values.help) return "help";
  return {
    cases: chosen("--only", CASES, values.only),
    peers: chosen("--peer", PEERS, values.peer),
    runs: whole("--runs", values.runs, 1, 1_000),
    routes: whole("--routes", values.routes, 1_000, 1_000_000),
    large: whole("--large", values.large, 10_000, 1_000_000),
    patience: whole("--patience", values.patience, 1, 3_600),
    agents: whole("--agents", values.agents, 2, 4_000),
    changes: whole("--changes", values.changes, 1, 100_000),
  };
}
