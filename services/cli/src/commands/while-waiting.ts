import { progress } from "./report.ts";

const EVERY_MS = 10_000;

/** Waits for long work; says on stderr what is waited for, every 10 s. */
export async function whileWaiting<T>(
  what: string,
  work: Promise<T>,
  { everyMs = EVERY_MS, tell = progress }: { readonly everyMs?: number; readonly tell?: (text: string) => void } = {},
): Promise<T> {
  let ticks = 0;
  const timer = setInterval(() => tell(`waiting for ${what}, ${(++ticks * everyMs) / 1_000} s`), everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
