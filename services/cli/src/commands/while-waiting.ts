import { progress } from "./report.ts";

const EVERY_MS = 10_000;

/** Waits for long work; says on stderr what is waited for, every 10 s. what: empty where there is nothing to say. */
export async function whileWaiting<T>(
  what: string | (() => string),
  work: Promise<T>,
  { everyMs = EVERY_MS, tell = progress }: { readonly everyMs?: number; readonly tell?: (text: string) => void } = {},
): Promise<T> {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks++;
    const text = typeof what === "string" ? what : what();
    if (text !== "") tell(`waiting for ${text}, ${(ticks * everyMs) / 1_000} s`);
  }, everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
