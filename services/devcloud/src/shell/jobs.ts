import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { ApiError } from "../core/api-error.ts";
import type { JsonObject } from "../core/json.ts";
import type { JobRow } from "../core/rows.ts";
import type { Caller } from "./identify.ts";
import type { Store } from "./store.ts";

/** Jobs at work at a time; more wait, in order. */
const MAX_RUNNING = 64;
/** Jobs that wait; more are refused. */
const MAX_WAITING = 10_000;

/** What a job is to do. */
export interface JobRequest {
  readonly command: string;
  readonly javaClass: string;
  readonly instanceType: string | undefined;
  readonly instance: string | undefined;
  /** Gives jobresult; an ApiError becomes the job's failure. */
  readonly work: (job: JobRow) => Promise<JsonObject>;
}

/** Asynchronous jobs: accepted at once, asked for later. */
export class Jobs {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(store: Store, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Fails what a stop of the process cut off: nobody is at work on it any more. */
  failInterrupted(): void {
    for (const job of this.#store.all("job")) {
      if (job.status === 0)
        this.#end(job, 2, 530, { errorcode: 530, errortext: "the management server was restarted" });
    }
  }

  accept(caller: Caller, request: JobRequest): JobRow {
    if (this.#waiting.length >= MAX_WAITING) throw new ApiError(530, "too many jobs are waiting");
    const job = this.#store.make("job", {
      account: caller.account.uuid,
      user: caller.user.uuid,
      command: request.command,
      javaClass: request.javaClass,
      status: 0,
      resultCode: 0,
      result: undefined,
      instanceType: request.instanceType,
      instance: request.instance,
      completedMs: undefined,
    });
    this.#waiting.push(() => this.#run(job, request));
    setImmediate(() => this.#pump());
    return job;
  }

  /** Resolves when no job is at work; those that wait are not begun. */
  async drain(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all(this.#running);
  }

  #pump(): void {
    while (this.#running.size < MAX_RUNNING) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const running = next().finally(() => {
        this.#running.delete(running);
        this.#pump();
      });
      this.#running.add(running);
    }
  }

  async #run(job: JobRow, request: JobRequest): Promise<void> {
    try {
      await this.#store.commit();
      this.#end(job, 1, 0, await request.work(job));
    } catch (reason) {
      const error = reason instanceof ApiError ? reason : undefined;
      if (error === undefined) {
        const { code, message } = ContrailError.from(reason);
        this.#logger.error("job failed", { job: job.uuid, command: job.command, code, message });
      }
      const status = error?.status ?? 530;
      this.#end(job, 2, status, {
        errorcode: status,
        errortext: error?.message ?? "Internal error executing command, please contact your system administrator",
      });
    }
    await this.#store.commit();
  }

  #end(job: JobRow, status: 1 | 2, resultCode: number, result: JsonObject): void {
    const fields = { status, resultCode, result: JSON.stringify(result), completedMs: this.#clock.wallMs() } as const;
    if (this.#store.find("job", job.uuid) !== undefined) this.#store.change("job", job.uuid, fields);
  }
}
