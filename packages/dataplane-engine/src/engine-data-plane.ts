import type { Clock } from "@contrail/clock";
import { type DataPlane, type FlowRange, MOST_FLOWS, type SweepResult } from "@contrail/dataplane";
import { ContrailError } from "@contrail/errors";
import {
  type DropReason,
  type FlowEntry,
  type InterfaceCounters,
  inApplicationOrder,
  rowProblem,
  type TableDelta,
} from "@contrail/forwarding";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { CLIENT_OPTIONS, channelCredentials } from "@contrail/rpc";
import { dataPlaneWire, fromWireCounters, fromWireDrops, fromWireFlow, toWireDelta } from "@contrail/wire";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { CALL_DEADLINE_MS, dataPlaneError, unary } from "./call.ts";
import { EngineLink } from "./engine-link.ts";
import { RowLedger } from "./row-ledger.ts";

/** Rows in one message. */
const ROWS_PER_CALL = 4_000;

/** Which engine is driven, and as whom. */
export interface EngineDataPlaneOptions {
  /** The engine's address: "unix:/path". */
  readonly address: string;
  /** The agent's identity. */
  readonly identity: Identity;
  /** Name in the engine's certificate; any engine of the CA where absent. */
  readonly engineName?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Client = dataPlaneWire.DataPlaneServiceClient;

/** A data plane in a vrouter-engine process; connects by itself, now and whenever the engine is lost. */
export function createEngineDataPlane(options: EngineDataPlaneOptions): DataPlane {
  return new EngineDataPlane(options);
}

class EngineDataPlane implements DataPlane {
  readonly engine = "typescript";
  readonly #client: Client;
  readonly #link: EngineLink;
  readonly #ledger = new RowLedger();
  /** True once the agent has swept: from then on rows that the ledger does not have are stale at every reconnection. */
  #swept = false;
  /** Batches go one after another: two that overlap must not pass each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: EngineDataPlaneOptions) {
    const { address, identity, engineName, clock, logger } = options;
    const expected = { role: "engine", ...(engineName === undefined ? {} : { name: engineName }) } as const;
    const credentials = channelCredentials(identity, expected);
    this.#client = new dataPlaneWire.DataPlaneServiceClient(address, credentials, CLIENT_OPTIONS);
    this.#link = new EngineLink({ client: this.#client, clock, logger, restore: () => this.#restore() });
  }

  apply(batch: readonly TableDelta[]): Promise<void> {
    return this.#inTurn(async () => {
      const { good, problem } = checked(batch);
      this.#ledger.note(good);
      await this.#link.whenUp();
      await applyRows(this.#client, good);
      if (problem !== undefined) throw new ContrailError("dataplane.bad_request", problem);
    });
  }

  sweep(): Promise<SweepResult> {
    return this.#inTurn(async () => {
      const { removedRows } = await this.#ask<dataPlaneWire.SweepResult>("sweep");
      this.#swept = true;
      return { removedRows };
    });
  }

  async flows({ offset = 0, limit = MOST_FLOWS }: FlowRange = {}): Promise<readonly FlowEntry[]> {
    await this.#link.whenUp();
    return readFlows(this.#client, offset, Math.min(limit, MOST_FLOWS));
  }

  async drops(): Promise<ReadonlyMap<DropReason, number>> {
    return fromWireDrops(await this.#ask<dataPlaneWire.DropCounts>("drops"));
  }

  async interfaceCounters(): Promise<ReadonlyMap<number, InterfaceCounters>> {
    return fromWireCounters(await this.#ask<dataPlaneWire.InterfaceCounts>("interfaceCounters"));
  }

  async tableSizes(): Promise<Readonly<Record<string, number>>> {
    return (await this.#ask<dataPlaneWire.TableSizeList>("tableSizes")).rows;
  }

  async ageFlows(): Promise<number> {
    return (await this.#ask<dataPlaneWire.AgeFlowsResult>("ageFlows")).removed;
  }

  close(): Promise<void> {
    this.#link.close();
    this.#client.close();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return this.#inTurn(async () => {
      this.#ledger.clear();
      await this.#ask<dataPlaneWire.DestroyResult>("destroy");
    });
  }

  async #restore(): Promise<void> {
    await applyRows(this.#client, this.#ledger.rows());
    if (this.#swept) await call<dataPlaneWire.SweepResult>(this.#client, "sweep");
  }

  async #ask<T>(question: Question): Promise<T> {
    await this.#link.whenUp();
    return call<T>(this.#client, question);
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run, run);
    this.#last = turn.catch(() => {}); // Its caller has the rejection.
    return turn;
  }
}

/** The rows before the first that cannot be held, in application order, and what is wrong with that one. */
function checked(batch: readonly TableDelta[]): { readonly good: readonly TableDelta[]; readonly problem?: string } {
  const ordered = inApplicationOrder(batch);
  const bad = ordered.findIndex((delta) => rowProblem(delta) !== undefined);
  const first = ordered[bad];
  return first === undefined ? { good: ordered } : { good: ordered.slice(0, bad), problem: rowProblem(first) };
}

async function applyRows(client: Client, batch: readonly TableDelta[]): Promise<void> {
  const ordered = inApplicationOrder(batch);
  for (let start = 0; start < ordered.length; start += ROWS_PER_CALL) {
    const deltas = ordered.slice(start, start + ROWS_PER_CALL).map(toWireDelta);
    await unary<dataPlaneWire.ApplyResult>((done) => client.apply({ deltas }, new Metadata(), deadline(), done));
  }
}

type Question = "sweep" | "drops" | "interfaceCounters" | "tableSizes" | "ageFlows" | "destroy";

function call<T>(client: Client, question: Question): Promise<T> {
  return unary<T>((done) => {
    // Every question is an empty message; the caller names the answer that belongs to it.
    const callback = done as (error: ServiceError | null, answer: unknown) => void;
    client[question]({}, new Metadata(), deadline(), callback);
  });
}

/** Ends the stream as soon as it has what is asked for. */
function readFlows(client: Client, offset: number, limit: number): Promise<readonly FlowEntry[]> {
  return new Promise((resolve, reject) => {
    const flows: FlowEntry[] = [];
    let place = 0;
    const stream = client.flows({}, new Metadata(), deadline());
    stream.on("data", ({ flows: batch }: dataPlaneWire.FlowBatch) => {
      const first = Math.max(offset - place, 0);
      place += batch.length;
      const wanted = batch.slice(first, first + limit - flows.length);
      flows.push(...wanted.map(fromWireFlow).filter((flow) => flow !== undefined));
      if (place < offset + limit) return;
      resolve(flows);
      stream.cancel();
    });
    stream.on("error", (error: ServiceError) => reject(dataPlaneError(error))); // After resolve: its own cancel.
    stream.on("end", () => resolve(flows));
  });
}

function deadline(): { readonly deadline: number } {
  return { deadline: Date.now() + CALL_DEADLINE_MS };
}
