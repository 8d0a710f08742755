/** Aborts when the bench is asked to end: what it made is removed then. */
export function endOfBench(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => abort.abort(new Error(`ended by ${signal}`)));
  }
  return abort.signal;
}
