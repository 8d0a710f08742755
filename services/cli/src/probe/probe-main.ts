import { captureTunnels } from "./capture.ts";
import { readGuestServices } from "./guest.ts";
import { connectTcp, serveTcp, streamTcp } from "./tcp.ts";
import { receiveNumbered, sendNumbered } from "./udp.ts";

/**
 * A small measuring process, run inside a namespace: `node probe-main.ts WHAT ARGS…`. It prints "ready" when it measures,
 * and one line of JSON when its standard input is closed, or when it is done by itself.
 */
export interface Probe {
  /** Resolves when it is done by itself; most never are. */
  readonly done: Promise<void>;
  /** Ends the work before the result is taken; for those that have something under way. */
  stop?(): Promise<void>;
  /** What was measured until now. */
  result(): unknown;
  close(): void;
}

const [what, ...args] = process.argv.slice(2);
const probe = await start();
process.stdout.write("ready\n");
process.stdin.resume();
await Promise.race([probe.done, new Promise((resolve) => process.stdin.once("end", resolve))]);
await probe.stop?.();
process.stdout.write(`${JSON.stringify(probe.result())}\n`);
probe.close();
process.exit(0);

function start(): Promise<Probe> {
  const [first = "", second = "", third = ""] = args;
  switch (what) {
    case "udp-receive":
      return receiveNumbered(Number(first));
    case "udp-send":
      return sendNumbered(first, Number(second), Number(third));
    case "tcp-serve":
      return serveTcp(Number(first));
    case "tcp-connect":
      return connectTcp(first, Number(second), Number(third));
    case "tcp-stream":
      return streamTcp(first, Number(second), Number(third));
    case "guest":
      return readGuestServices(first, second);
    case "capture":
      return captureTunnels(first);
    default:
      throw new Error(`no probe ${String(what)}`);
  }
}
