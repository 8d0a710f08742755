import { readFileSync, writeFileSync } from "node:fs";

const LOOPBACK = "/proc/sys/net/ipv4/conf/lo/forwarding";
const DEFAULT = "/proc/sys/net/ipv4/conf/default/forwarding";

/**
 * Lets programs ask the host's routing table for the host's own packets, those of the loopback device: the kernel answers
 * only for devices that forward. Nothing is forwarded by it, for no packet from outside comes in there. Where it cannot
 * be set the programs send every packet through the host's neighbour output instead.
 */
export function openHostTable(): void {
  write("1");
}

/** As a device of this namespace is from the start. */
export function closeHostTable(): void {
  try {
    write(readFileSync(DEFAULT, "utf8").trim());
  } catch {
    // There is no such setting: it was not set either.
  }
}

function write(value: string): void {
  try {
    writeFileSync(LOOPBACK, value);
  } catch {
    // A read-only /proc/sys, as in a container.
  }
}
