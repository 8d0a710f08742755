import { eventually, type SeededRandom } from "@contrail/testkit/embedded";
import type { RunningServer, ServerKind, Servers } from "../server-commands.ts";
import type { HistoryLog } from "./history-log.ts";
import { untilWhole } from "./ring.ts";

/** How long clients may take for the writes between two deeds. */
const CALM_MS = 120_000;

/**
 * What the nemesis does at a time. "quorum": two Cassandra nodes, one after the other, before either is back; "all": a
 * broker with the first of them.
 */
export type KillStep = "cassandra" | "kafka" | "both" | "quorum" | "all";

/** Kills by step. */
export const KILLS: Readonly<Record<KillStep, number>> = { cassandra: 1, kafka: 1, both: 2, quorum: 2, all: 3 };

/** What a nemesis needs of the world. */
export interface Surroundings {
  /** Starts the servers of a kind, or of both, that do not run, and waits for them. */
  readonly up: (kind: ServerKind | "all") => Promise<Servers>;
  readonly keyspace: string;
  readonly log: HistoryLog;
}

/** Kills servers with -9 while clients work, one step after the other, and starts them again. */
export class Nemesis {
  /** Names of what was killed, in order. */
  readonly killed: string[] = [];
  readonly #random: SeededRandom;
  readonly #surroundings: Surroundings;
  /** Writes that must be acknowledged between two deeds. */
  readonly #writes: number;

  constructor(random: SeededRandom, surroundings: Surroundings, writes: number) {
    this.#random = random;
    this.#surroundings = surroundings;
    this.#writes = writes;
  }

  /** One step; resolves when everything runs again and Cassandra's nodes see each other. */
  async run(step: KillStep): Promise<void> {
    await this.#calm();
    const kinds = kindsOf(step);
    const { up, log, keyspace } = this.#surroundings;
    const which = kinds.length > 1 ? "all" : (kinds[0] ?? "all");
    const running = (await up(which)).servers;
    const victims = kinds.map((kind) => this.#random.pick(running.filter((server) => server.kind === kind)));
    for (const victim of victims) this.#kill(victim);
    log.struck();
    await this.#calm();
    const isDouble = step === "quorum" || step === "all";
    const over = isDouble ? log.withoutQuorum() : undefined;
    if (isDouble) this.#kill(this.#random.pick(running.filter((server) => isOther(server, victims))));
    const { cassandraContactPoints } = await up(which);
    if (kinds.includes("cassandra")) await untilWhole(cassandraContactPoints, keyspace);
    over?.();
    await this.#calm();
  }

  #kill({ pid, name }: RunningServer): void {
    process.kill(pid, "SIGKILL");
    this.killed.push(name);
  }

  /** Clients get some writes through. */
  async #calm(): Promise<void> {
    const { counts } = this.#surroundings.log;
    const enough = counts.acknowledged + this.#writes;
    await eventually(`${this.#writes} acknowledged writes`, CALM_MS, () => counts.acknowledged >= enough);
  }
}

function kindsOf(step: KillStep): readonly ServerKind[] {
  switch (step) {
    case "both":
    case "all":
      return ["cassandra", "kafka"];
    case "kafka":
      return ["kafka"];
    case "cassandra":
    case "quorum":
      return ["cassandra"];
  }
}

/** Another node of Cassandra. */
function isOther(server: RunningServer, victims: readonly RunningServer[]): boolean {
  return server.kind === "cassandra" && !victims.includes(server);
}
