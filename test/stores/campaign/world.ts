import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { ObjectStore } from "@contrail/store";
import { openBus, openStore } from "../adapters.ts";
import { ConfigPair } from "../config-pair.ts";
import type { ServerKind, Servers } from "../server-commands.ts";

/** Configuration nodes on one keyspace of three Cassandra nodes and on three Kafka brokers, and the two as we see them. */
export interface StoreWorld {
  readonly pair: ConfigPair;
  /** More nodes on the same keyspace, where a race wants them. */
  readonly more: readonly ConfigPair[];
  readonly store: ObjectStore;
  readonly bus: Bus;
  /** The log's end before the nodes were started. */
  readonly from: bigint;
  readonly keyspace: string;
  /** Starts the servers of a kind, or of both, that do not run, and waits for them. */
  readonly up: (kind: ServerKind | "all") => Promise<Servers>;
  close(): Promise<void>;
}

/** Starts servers that do not run, and 2 or 4 nodes. */
export async function makeWorld(up: StoreWorld["up"], keyspace: string, nodes: 2 | 4): Promise<StoreWorld> {
  const servers = await up("all");
  const bus = openBus(servers);
  const from = await bus.highWaterMark(CONFIG_TOPIC);
  const pair = await ConfigPair.start(servers, keyspace);
  const more = nodes === 2 ? [] : [await ConfigPair.start(servers, keyspace, ["config3", "config4"])];
  const store = await openStore(servers, keyspace);
  const close = async (): Promise<void> => {
    await Promise.all([pair, ...more].map((each) => each.stop()));
    await store.close();
    await bus.close();
  };
  return { pair, more, store, bus, from, keyspace, up, close };
}
