import type { Clock, Timer } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { HttpTls } from "./http-server.ts";

type Options = HttpTls["options"];

const EVERY_MS = 5_000;

/** What a watch works with. */
export interface WatchParts {
  /** The files as they are now. Throws where one is missing, or they do not belong together. */
  readonly read: () => Options;
  /** Gives them to callers that come from now on. */
  readonly apply: (options: Options) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looks at the certificate's files every five seconds: a new certificate is served without a new start. */
export class CertificateWatch {
  readonly #parts: WatchParts;
  #served: Options;
  #timer: Timer | undefined;
  #problem: string | undefined;

  /** served: what is served at the start. */
  constructor(parts: WatchParts, served: Options) {
    this.#parts = parts;
    this.#served = served;
  }

  start(): void {
    this.#timer = this.#parts.clock.setTimer(EVERY_MS, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Files are written one after the other: what does not fit is looked at again, and told once. */
  #look(): void {
    const { read, apply, logger } = this.#parts;
    try {
      const now = read();
      if (textOf(now) !== textOf(this.#served)) {
        apply(now);
        this.#served = now;
        logger.info("serving with the new certificate");
      }
      this.#problem = undefined;
    } catch (reason) {
      const { message } = ContrailError.from(reason);
      if (message !== this.#problem) {
        logger.warn("the new certificate is of no use, the old one is served on; put all three files in place", {
          reason: message,
        });
      }
      this.#problem = message;
    }
  }
}

function textOf({ ca, cert, key }: Options): string {
  return [ca, cert, key].map(String).join("\n");
}
