// `npm run bench -- config`: the configuration node beside the store under it.
import { release } from "node:os";
import { runProgram } from "@contrail/testkit/program";
import { endOfBench } from "../end-of-bench.ts";
import { median, printLine, progress, quantile, slope } from "../result-line.ts";
import { type ApiResult, loadNode } from "./api-load.ts";
import { type Backend, clusterBackend, embeddedBackend } from "./backend.ts";
import { bootstraps } from "./bootstrap.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { transformTimes } from "./transform.ts";

const VERSIONS = { kernel: release(), node: process.versions.node };
const COMMON = { bench: "config", versions: VERSIONS } as const;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const signal = endOfBench();
  for (const measure of options.measures) await MEASURES[measure](options, signal);
  return 0;
}

const MEASURES = { api, transform, bootstrap } as const;

async function api(options: Options, signal: AbortSignal): Promise<void> {
  for (const store of options.stores) {
    const backend = store === "sqlite" ? await embeddedBackend() : await clusterBackend(options.servers);
    try {
      printApi(backend, await loadNode(backend, options, signal), options);
    } finally {
      await backend.close();
    }
  }
}

function printApi({ kind, raw }: Backend, result: ApiResult, { runs, listed, changes, servers }: Options): void {
  const { creates, reads, updates, lists, changeToBusMs, lagMs } = result;
  const bus = kind === "sqlite" ? "embedded log" : `Kafka, ${servers} brokers`;
  const store = kind === "sqlite" ? "SQLite" : `Cassandra, ${servers} nodes`;
  const on = [store, bus, "references by name", "validation", "publication", "transformer", "32 callers"];
  const common = { ...COMMON, versions: { ...VERSIONS, [kind]: raw.version }, runs, on };
  const { ours, theirs, cpu } = creates;
  printLine({
    ...common,
    name: `create/raw-store-${kind}`,
    ...{ ours, theirs, ratio: ours / theirs, unit: "1/s", better: "higher", cpu: { ours: cpu } },
  });
  const higher = { ...common, unit: "1/s", better: "higher" } as const;
  printLine({ ...higher, name: `read-by-id/${kind}`, ours: reads.byId });
  printLine({ ...higher, name: `read-by-name/${kind}`, ours: reads.byName });
  printLine({ ...higher, name: `update/${kind}`, ours: updates });
  const lower = { ...common, unit: "ms", better: "lower" } as const;
  printLine({ ...lower, name: `list-${listed}/${kind}`, ours: lists.plain });
  printLine({ ...lower, name: `list-${listed}-detail/${kind}`, ours: lists.detail });
  printLine({ ...lower, name: `change-to-bus-p99/${kind}`, ours: changeToBusMs, runs: changes });
  printLine({ ...lower, name: `event-loop-lag-p99/${kind}`, ours: lagMs });
}

function transform({ networks, changes }: Options): Promise<void> {
  const points: (readonly [number, number])[] = [];
  for (const size of networks) {
    progress(`transforming ${changes} changes among ${size} networks`);
    const p99 = quantile(transformTimes(size, changes), 0.99);
    points.push([Math.log(size), Math.log(p99)]);
    const on = [`${size} networks`, `${Math.ceil(size / 10)} policies`];
    printLine({ ...COMMON, name: `transform-p99@${size}`, ours: p99, unit: "ms", better: "lower", runs: changes, on });
  }
  const ours = slope(points);
  const on = networks.map(String);
  printLine({ ...COMMON, name: "transform-exponent", ours, unit: "", better: "lower", runs: changes, on });
  return Promise.resolve();
}

async function bootstrap({ logged, runs }: Options, signal: AbortSignal): Promise<void> {
  const results = await bootstraps(logged, runs, signal);
  const common = { ...COMMON, better: "lower", runs, on: [`${logged} ports`, "embedded log", "mutual TLS"] } as const;
  const name = logged === 100_000 ? "bootstrap-100k" : `bootstrap-${logged}`;
  printLine({ ...common, name, ours: median(results.map(({ seconds }) => seconds)), unit: "s" });
  const bytes = median(results.map(({ bytesAnObject }) => bytesAnObject));
  printLine({ ...common, name: `${name}-memory`, ours: bytes, unit: "bytes/object" });
}

await runProgram(main);
