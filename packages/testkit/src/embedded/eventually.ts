const CHECK_MS = 25;

/** Waits until a condition holds and gives the milliseconds that took; throws with the text (and the last reason) after the deadline. */
export async function eventually(
  text: string,
  deadlineMs: number,
  holds: () => Promise<boolean> | boolean,
): Promise<number> {
  const startedAt = performance.now();
  let reason = "";
  for (;;) {
    try {
      if (await holds()) return performance.now() - startedAt;
    } catch (failure) {
      reason = ` (${failure instanceof Error ? failure.message : String(failure)})`;
    }
    if (performance.now() - startedAt > deadlineMs) throw new Error(`${text}: not within ${deadlineMs} ms${reason}`);
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}
