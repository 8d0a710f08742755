import type { Clock } from "@contrail/clock";
import type { DataPlane } from "@contrail/dataplane";
import { ContrailError } from "@contrail/errors";
import { type FlowEntry, inApplicationOrder, rowProblem, type TableDelta } from "@contrail/forwarding";
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
  const expected = {
    role: "engine",
    ...(options.engineName === undefined ? {} : { name: options.engineName }),
  } as const;
  const client = new dataPlaneWire.DataPlaneServiceClient(
    options.address,
    channelCredentials(options.identity, expected),
    CLIENT_OPTIONS,
  );
  const ledger = new RowLedger();
  let swept = false;
  /** Batches go one after another: two that overlap must not pass each other. */
  let last: Promise<unknown> = Promise.resolve();
  const restore = async (): Promise<void> => {
    await applyRows(client, ledger.rows());
    if (swept) await call<dataPlaneWire.SweepResult>(client, "sweep");
  };
  const link = new EngineLink({ client, clock: options.clock, logger: options.logger, restore });
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const turn = last.then(run, run);
    last = turn.catch(() => {}); // Its caller has the rejection.
    return turn;
  };
  const whenUp = async <T>(run: () => Promise<T>): Promise<T> => {
    await link.whenUp();
    return run();
  };
  return {
    engine: "typescript",
    apply: (batch) =>
      inTurn(async () => {
        const { good, problem } = checked(batch);
        ledger.note(good);
        await whenUp(() => applyRows(client, good));
        if (problem !== undefined) throw new ContrailError("dataplane.bad_request", problem);
      }),
    sweep: () =>
      inTurn(async () => {
        const { removedRows } = await whenUp(() => call<dataPlaneWire.SweepResult>(client, "sweep"));
        swept = true;
        return { removedRows };
      }),
    flows: () => whenUp(() => readFlows(client)),
    drops: async () => fromWireDrops(await whenUp(() => call<dataPlaneWire.DropCounts>(client, "drops"))),
    interfaceCounters: async () =>
      fromWireCounters(await whenUp(() => call<dataPlaneWire.InterfaceCounts>(client, "interfaceCounters"))),
    tableSizes: async () => (await whenUp(() => call<dataPlaneWire.TableSizeList>(client, "tableSizes"))).rows,
    ageFlows: async () => (await whenUp(() => call<dataPlaneWire.AgeFlowsResult>(client, "ageFlows"))).removed,
    close: () => {
      link.close();
      client.close();
      return Promise.resolve();
    },
    destroy: () =>
      inTurn(async () => {
        ledger.clear();
        await whenUp(() => call<dataPlaneWire.DestroyResult>(client, "destroy"));
      }),
  };
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

function readFlows(client: Client): Promise<readonly FlowEntry[]> {
  return new Promise((resolve, reject) => {
    const flows: FlowEntry[] = [];
    const stream = client.flows({}, new Metadata(), deadline());
    stream.on("data", (batch: dataPlaneWire.FlowBatch) => {
      flows.push(...batch.flows.map(fromWireFlow).filter((flow) => flow !== undefined));
    });
    stream.on("error", (error: ServiceError) => reject(dataPlaneError(error)));
    stream.on("end", () => resolve(flows));
  });
}

function deadline(): { readonly deadline: number } {
  return { deadline: Date.now() + CALL_DEADLINE_MS };
}
