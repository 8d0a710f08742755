import { z } from "zod";

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost):\d+$/;

/** True for an address and port that no other machine reaches. */
export function isLoopback(endpoint: string): boolean {
  return LOOPBACK.test(endpoint);
}

/**
 * A setting: where a listener is that speaks plain HTTP and asks nobody who he is; "127.0.0.1:8085". An address that
 * other machines reach is refused.
 */
export const loopbackEndpoint = z
  .string()
  .regex(
    LOOPBACK,
    "must be a loopback address and port, as 127.0.0.1:8085: whoever reaches this listener is not asked who he is",
  );
