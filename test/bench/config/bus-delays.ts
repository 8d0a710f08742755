import { type Bus, CONFIG_TOPIC } from "@contrail/bus";

const DEADLINE_MS = 30_000;

/**
 * Milliseconds from a call until a reader of the bus has what it changed, one change after the other. change: makes one and
 * gives the uuid of the object. The bus is closed at the end.
 */
export async function busDelays(
  bus: Bus,
  count: number,
  change: (index: number) => Promise<string>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const stop = new AbortController();
  const reader = new BusReader(bus, AbortSignal.any([signal, stop.signal]));
  try {
    await reader.caughtUp();
    const delays: number[] = [];
    for (let index = 0; index < count; index++) {
      signal.throwIfAborted();
      const startedAt = performance.now();
      reader.begin();
      delays.push((await reader.sees(await change(index))) - startedAt);
    }
    return delays;
  } finally {
    stop.abort();
    await reader.ended;
    await bus.close();
  }
}

/** Reads the topic to its end and then what comes, with the moment of each key's newest record. */
class BusReader {
  readonly ended: Promise<void>;
  readonly #bus: Bus;
  readonly #seen = new Map<string, number>();
  #offset = -1n;
  #wake = Promise.withResolvers<void>();

  constructor(bus: Bus, signal: AbortSignal) {
    this.#bus = bus;
    this.ended = this.#read(signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
  }

  async caughtUp(): Promise<void> {
    const end = await this.#bus.highWaterMark(CONFIG_TOPIC);
    await this.#until(() => this.#offset + 1n >= end);
  }

  /** Forgets what has been seen: what comes now counts. */
  begin(): void {
    this.#seen.clear();
  }

  /** The moment at which a key has come. */
  async sees(key: string): Promise<number> {
    await this.#until(() => this.#seen.has(key));
    return this.#seen.get(key) ?? Number.NaN;
  }

  async #until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`the bus did not bring a change in ${DEADLINE_MS} ms`);
      const timer = setTimeout(() => this.#wake.resolve(), DEADLINE_MS);
      await this.#wake.promise;
      clearTimeout(timer);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    for await (const { records, highWaterMark } of this.#bus.read(CONFIG_TOPIC, 0n, signal)) {
      const now = performance.now();
      // Compaction may have removed the last records.
      if (records.length === 0) this.#offset = highWaterMark - 1n;
      for (const { key, offset } of records) {
        this.#seen.set(Buffer.from(key).toString(), now);
        this.#offset = offset;
      }
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    }
  }
}
