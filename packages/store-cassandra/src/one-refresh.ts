import type { Clock } from "@contrail/clock";
import type { Client } from "cassandra-driver";

const RETRY_MS = 1_000;

/** What of the driver's control connection is used here; its types leave it out. */
export interface ControlConnection {
  /** plan: the nodes that are left to try, where a refresh that is under way goes on. */
  _refresh(plan?: unknown): Promise<void>;
  /** null: none could be had. Where that is known at the end of a refresh the driver tries again by itself. */
  readonly connection: { readonly connected: boolean } | null;
}

/** The control connection of a client. */
export function controlConnection(client: Client): ControlConnection {
  // A property of every client (lib/client.js), which the driver's types do not name.
  return (client as unknown as { readonly controlConnection: ControlConnection }).controlConnection;
}

/**
 * Lets one refresh of the control connection run at a time; gives what ends that, and every refresh.
 *
 * Two of them at once, as the driver (4.10.0, NODEJS-681) begins them when many sockets end together, take the connection
 * from each other: one fails in a promise that nobody holds, which would end the process. Who asks meanwhile is served by
 * the one that runs. Another follows after a second where it has failed, or the connection that it found is gone by then.
 */
export function refreshOneByOne(control: ControlConnection, clock: Pick<Clock, "setTimer">): () => void {
  const refresh = control._refresh.bind(control);
  let running: Promise<void> | undefined;
  let timer: ReturnType<Clock["setTimer"]> | undefined;
  let isEnded = false;
  const run = async (): Promise<void> => {
    timer?.cancel();
    // The driver has said to its log why it failed, and would not try again.
    const hasFailed = await refresh().then(
      () => control.connection?.connected === false,
      () => true,
    );
    if (hasFailed && !isEnded) timer = clock.setTimer(RETRY_MS, () => void control._refresh());
    running = undefined;
  };
  control._refresh = (plan) => {
    if (isEnded) return Promise.resolve();
    if (plan !== undefined) return refresh(plan);
    running ??= run();
    return running;
  };
  return () => {
    isEnded = true;
    timer?.cancel();
  };
}
