import { networkInterfaces } from "node:os";
import type { Clock } from "@contrail/clock";

/** How long what was read counts. */
const FRESH_MS = 5_000;

/** The addresses of the host itself, of all its interfaces, as they are now. */
export function ownAddresses(clock: Clock, read = networkInterfaces): () => ReadonlySet<string> {
  let own: ReadonlySet<string> = new Set();
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - readAtMs < FRESH_MS) return own;
    readAtMs = nowMs;
    const interfaces = Object.values(read());
    own = new Set(interfaces.flatMap((addresses) => (addresses ?? []).map(({ address }) => address)));
    return own;
  };
}
