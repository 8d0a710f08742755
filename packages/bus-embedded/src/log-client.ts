import type { Bus, BusBatch, BusRecord } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { CLIENT_OPTIONS, channelCredentials } from "@contrail/rpc";
import { busWire } from "@contrail/wire";
import { Metadata } from "@grpc/grpc-js";

/** How another process reaches the log server. */
export interface EmbeddedBusOptions {
  /** "host:port" of the log server. */
  readonly address: string;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 to 1; spreads the reconnects of many clients. */
  readonly random: () => number;
}

const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 5_000;
const CALL_DEADLINE_MS = 10_000;

/** The bus through a log server in another process; reads survive the server's restart. */
export function createEmbeddedBus(options: EmbeddedBusOptions): Bus {
  return new EmbeddedBus(options);
}

class EmbeddedBus implements Bus {
  readonly #options: EmbeddedBusOptions;
  readonly #client: busWire.LogServiceClient;

  constructor(options: EmbeddedBusOptions) {
    this.#options = options;
    const credentials = channelCredentials(options.identity, { role: "config" });
    this.#client = new busWire.LogServiceClient(options.address, credentials, CLIENT_OPTIONS);
  }

  append(topic: string, records: readonly BusRecord[]): Promise<bigint> {
    const wire = records.map(({ key, value }) => ({
      key: Buffer.from(key),
      value: value === undefined ? undefined : Buffer.from(value),
    }));
    return new Promise((resolve, reject) => {
      this.#client.append(
        { topic, records: wire },
        new Metadata({ waitForReady: true }),
        deadline(),
        (error, answer) => {
          if (error === null) resolve(answer.firstOffset);
          else reject(new ContrailError("bus.unavailable", error.details, { cause: error }));
        },
      );
    });
  }

  highWaterMark(topic: string): Promise<bigint> {
    return new Promise((resolve, reject) => {
      this.#client.highWaterMark({ name: topic }, new Metadata({ waitForReady: true }), deadline(), (error, answer) => {
        if (error === null) resolve(answer.highWaterMark);
        else reject(new ContrailError("bus.unavailable", error.details, { cause: error }));
      });
    });
  }

  async *read(topic: string, fromOffset: bigint, signal: AbortSignal): AsyncGenerator<BusBatch, void, undefined> {
    let offset = fromOffset;
    let backoffMs = FIRST_BACKOFF_MS;
    while (!signal.aborted) {
      const call = this.#client.read({ topic, fromOffset: offset });
      const onAbort = (): void => call.cancel();
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        for await (const wire of call) {
          const batch = fromWire(wire as busWire.ReadBatch); // The stream's messages are of this type.
          const last = batch.records.at(-1);
          if (last !== undefined) offset = last.offset + 1n;
          backoffMs = FIRST_BACKOFF_MS;
          yield batch;
        }
      } catch (reason) {
        if (signal.aborted) return;
        this.#options.logger.warn("log server lost", { topic, reason: ContrailError.from(reason).message });
      } finally {
        signal.removeEventListener("abort", onAbort);
        call.cancel();
      }
      const pause = this.#options.clock.sleep(backoffMs * (0.5 + this.#options.random() / 2), signal);
      await pause.catch(() => undefined); // Aborted: the loop ends.
      backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS);
    }
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }
}

function deadline(): { deadline: number } {
  return { deadline: Date.now() + CALL_DEADLINE_MS };
}

function fromWire(wire: busWire.ReadBatch): BusBatch {
  return {
    highWaterMark: wire.highWaterMark,
    records: wire.records.map(({ offset, record }) => ({
      offset,
      key: record?.key ?? new Uint8Array(0),
      value: record?.value,
    })),
  };
}
