import type { Counter, Logger } from "@contrail/observability";

/** Counts routes that a peer is not told of, as their attributes do not fit into a message, and says so once. */
export function untoldReport(logger: Logger, untold: Counter, peer: string): (routes: number) => void {
  let isSaid = false;
  return (routes) => {
    untold.add(routes);
    if (isSaid) return;
    isSaid = true;
    logger.warn("BGP peer is not told of routes whose attributes do not fit into a message", { peer, routes });
  };
}
