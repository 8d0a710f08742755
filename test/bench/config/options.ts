import { parseArgs } from "node:util";
import { UsageError } from "@contrail/testkit/program";
import { chosen, whole } from "../option-values.ts";

/** No number of an option is larger. */
const MOST = 10_000_000;

const MEASURES = ["api", "transform", "bootstrap"] as const;
const STORES = ["sqlite", "cassandra"] as const;

export type Measure = (typeof MEASURES)[number];
export type StoreKind = (typeof STORES)[number];

export interface Options {
  readonly measures: readonly Measure[];
  readonly stores: readonly StoreKind[];
  /** Rounds of ours and the raw store, 1 and up. */
  readonly runs: number;
  /** Objects created in a round, 100 and up. */
  readonly objects: number;
  /** Objects of the list. */
  readonly listed: number;
  /** Single changes that are timed. */
  readonly changes: number;
  /** Networks of the worlds of the transformer, ascending. */
  readonly networks: readonly number[];
  /** Objects in the log that a cold node reads. */
  readonly logged: number;
  /** Cassandra nodes and Kafka brokers, each. */
  readonly servers: "1" | "3";
}

export const HELP = `npm run bench -- config [options]

The configuration node beside the store under it. One JSON line a result on stdout, progress on stderr.

  api        create/raw-store-sqlite, create/raw-store-cassandra: objects a second by the API, 32 callers, each with
             references by name, validation and publication, beside the same rows put into the store by one durable
             write each; read-by-id, read-by-name, update: calls a second; list-10k, list-10k-detail: ms;
             change-to-bus-p99: ms from the call until a reader of the bus has the change; event-loop-lag-p99: ms, of
             the node while it creates
  transform  transform-p99@N: ms from one change of a policy until all that follows is derived, with N networks and N/10
             policies; transform-exponent: how that grows with N (0: not at all)
  bootstrap  bootstrap-100k: s until a cold control node has the configuration from the log; bytes of an object besides

  --only NAME       api, transform or bootstrap; may be given again (all)
  --store NAME      sqlite or cassandra; may be given again (both)
  --runs N          rounds (5)
  --objects N       objects created in a round (2000)
  --listed N        objects of the list (10000)
  --changes N       changes that are timed (200)
  --networks LIST   sizes of the transformer's worlds (1000,10000,100000)
  --logged N        objects in the log (100000)
  --servers N       1 or 3 Cassandra nodes and Kafka brokers (3)
  --help            this text
`;

/** Reads the command line; "help" where that is asked for. Throws where it is wrong. */
export function readOptions(args: readonly string[]): Options | "help" {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      store: { type: "string", multiple: true },
      runs: text("5"),
      objects: text("2000"),
      listed: text("10000"),
      changes: text("200"),
      networks: text("1000,10000,100000"),
      logged: text("100000"),
      servers: text("3"),
    },
  });
  if (values.help) return "help";
  const { servers } = values;
  if (servers !== "1" && servers !== "3") throw new UsageError(`--servers is 1 or 3, not ${servers}`);
  return {
    measures: chosen("--only", MEASURES, values.only),
    stores: chosen("--store", STORES, values.store),
    runs: whole("--runs", values.runs, 1, MOST),
    objects: whole("--objects", values.objects, 100, MOST),
    listed: whole("--listed", values.listed, 100, MOST),
    changes: whole("--changes", values.changes, 10, MOST),
    networks: values.networks.split(",").map((item) => whole("--networks", item, 100, MOST)),
    logged: whole("--logged", values.logged, 100, MOST),
    servers,
  };
}
