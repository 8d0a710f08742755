import type { Clock } from "@contrail/clock";
import type { Client } from "cassandra-driver";

const RETRY_MS = 1_000;

/** What of the driver's control connection is used here; its types leave it out. */
export interface ControlConnection {
  /** plan: the nodes that are left to try, where a refresh that is under way goes on. */
  _refresh(plan?: unknown): Promise<void>;
  readonly _isShuttingDown: boolean;
}

/** The control connection of a client that has not connected yet. */
export function controlConnection(client: Client): ControlConnection {
  return (client as unknown as { readonly controlConnection: ControlConnection }).controlConnection;
}

/**
 * Lets one refresh of the control connection run at a time, and one more after it where another was asked for meanwhile.
 *
 * Two of them at once, as the driver (4.10.0, NODEJS-681) begins them when many sockets end together, take the connection
 * from each other: it fails in a promise that nobody holds, which would end the process.
 */
export function refreshOneByOne(control: ControlConnection, clock: Pick<Clock, "setTimer">): void {
  const refresh = control._refresh.bind(control);
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  const run = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      try {
        await refresh();
      } catch {
        // The driver says it to its log; it would not try again.
        if (!control._isShuttingDown) clock.setTimer(RETRY_MS, () => void control._refresh());
      }
    } while (isAskedAgain);
    running = undefined;
  };
  control._refresh = (plan) => {
    if (plan !== undefined) return refresh(plan);
    if (running === undefined) running = run();
    else isAskedAgain = true;
    return running;
  };
}
