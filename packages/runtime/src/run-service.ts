import { ContrailError } from "@contrail/errors";

/** What a running service gives back: how to stop it. */
export interface RunningService {
  /** Stops in the reverse order of the start; resolves when nothing is left. */
  stop(): Promise<void>;
}

/** Longest that a stop may take before the process ends anyway. */
const STOP_DEADLINE_MS = 7_000;

/**
 * Runs a service as this process: starts it, tells the parent "ready" over IPC, and stops it on SIGTERM, SIGINT, or when
 * the parent that spawned it with an IPC channel is gone. A start that fails prints one line and exits 1; one
 * that was asked for --help prints the settings and exits 0.
 */
export async function runService(name: string, start: (signal: AbortSignal) => Promise<RunningService>): Promise<void> {
  const controller = new AbortController();
  let running: RunningService | undefined;
  const shutDown = (code: number): void => {
    if (controller.signal.aborted) return;
    controller.abort(new ContrailError("stopped", `${name} is stopping`));
    setTimeout(() => process.exit(code || 1), STOP_DEADLINE_MS).unref();
    void (running?.stop() ?? Promise.resolve()).then(
      () => process.exit(code),
      (reason: unknown) => {
        process.stderr.write(`${name}: stop failed: ${ContrailError.from(reason).message}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => shutDown(0));
  process.on("SIGINT", () => shutDown(0));
  process.on("disconnect", () => shutDown(0));
  try {
    running = await start(controller.signal);
    process.send?.({ kind: "ready" });
  } catch (reason) {
    const { code, message } = ContrailError.from(reason);
    if (code === "settings.help") {
      process.stdout.write(`${name}, started by flags or variables:\n\n${message}\n`);
      process.exit(0);
    }
    process.stderr.write(`${name}: cannot start: ${message}\n`);
    process.exit(1);
  }
}
