import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph, GraphChange } from "@contrail/graph";
import type { Counter, Logger } from "@contrail/observability";
import { configWire, fromWireChange, OTHER_MAJOR } from "@contrail/wire";

/** Where the configuration comes from, and who is told. */
export interface ConfigReaderOptions {
  readonly bus: Bus;
  readonly graph: ConfigGraph;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Counts messages that could not be read; they are left out. */
  readonly poisoned: Counter;
  /** Counts the times that the log had lost records: the configuration nodes publish all that is there again. */
  readonly gaps: Counter;
  readonly onChange: (change: GraphChange) => void;
  /** Called once: everything that was in the log at the start has been applied. */
  readonly onSynchronized: () => void;
}

const RETRY_MS = 500;

/**
 * Feeds the log of configuration changes into the graph until the signal aborts. Rejects with OTHER_MAJOR at the first
 * change that a configuration node of another major version has written: this one and all later ones are left unread.
 */
export async function readConfig(options: ConfigReaderOptions, signal: AbortSignal): Promise<void> {
  const target = await startingMark(options, signal);
  let synchronized = false;
  let offset = 0n;
  const check = (): void => {
    if (synchronized || offset < target) return;
    synchronized = true;
    options.onSynchronized();
  };
  check();
  for await (const batch of options.bus.read(CONFIG_TOPIC, 0n, signal)) {
    if (batch.isGap === true) {
      options.gaps.add(1);
      options.logger.error("the log has lost records: what was removed meanwhile stays until this node starts again");
    }
    for (const record of batch.records) {
      offset = record.offset + 1n;
      if (record.value !== undefined) applyRecord(options, record.value);
    }
    // Compaction may have removed the last records before the mark: an empty rest counts as read.
    if (batch.records.length === 0 && batch.highWaterMark >= target) offset = batch.highWaterMark;
    check();
  }
}

/** The end of the log when this node started; waits for the bus as long as it takes. */
async function startingMark({ bus, clock, logger }: ConfigReaderOptions, signal: AbortSignal): Promise<bigint> {
  for (;;) {
    try {
      return await bus.highWaterMark(CONFIG_TOPIC);
    } catch (reason) {
      if (signal.aborted) throw reason;
      logger.warn("bus not reached yet", { reason: ContrailError.from(reason).message });
      await clock.sleep(RETRY_MS, signal);
    }
  }
}

function applyRecord({ graph, logger, poisoned, onChange }: ConfigReaderOptions, value: Uint8Array): void {
  try {
    const change = fromWireChange(configWire.ObjectChange.decode(value));
    const applied = change === undefined ? undefined : graph.apply(change);
    if (applied !== undefined) onChange(applied);
  } catch (reason) {
    const error = ContrailError.from(reason);
    if (error.code === OTHER_MAJOR) throw error;
    poisoned.add(1);
    logger.error("configuration message not readable", { reason: error.message });
  }
}
