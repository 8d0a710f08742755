import type { ServerWritableStream } from "@grpc/grpc-js";

/** The answers of one streaming call: written as fast as the caller reads. */
export class CallStream<T> {
  readonly #call: ServerWritableStream<unknown, T>;
  readonly #gone = new AbortController();

  constructor(call: ServerWritableStream<unknown, T>) {
    this.#call = call;
    for (const event of ["cancelled", "close"]) call.on(event, () => this.#gone.abort());
  }

  /** Aborts when the caller has gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the caller takes more, or has gone. */
  async write(message: T): Promise<void> {
    if (this.signal.aborted || this.#call.write(message)) return;
    const taken = Promise.withResolvers<void>();
    const done = (): void => taken.resolve();
    this.#call.on("drain", done);
    this.signal.addEventListener("abort", done);
    await taken.promise;
    this.#call.off("drain", done);
    this.signal.removeEventListener("abort", done);
  }

  end(): void {
    this.#call.end();
  }

  /** Ends the call with an error of gRPC. */
  fail(error: { readonly code: number; readonly details: string }): void {
    this.#call.emit("error", error);
  }
}
