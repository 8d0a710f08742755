import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** A process by pid and start time (clock ticks since boot): together they name one process only, ever. */
interface RecordedProcess {
  readonly pid: number;
  readonly startTime: string;
}

/** Start time of a process (proc(5), field 22 of stat); undefined where there is none. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** A file of processes that belong to a system: read by the next start, should this one be killed. */
export class ProcessRecord {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Replaces the record. */
  write(pids: readonly number[]): void {
    const recorded = pids.flatMap((pid): RecordedProcess[] => {
      const started = startTime(pid);
      return started === undefined ? [] : [{ pid, startTime: started }];
    });
    writeFileSync(`${this.#path}.new`, JSON.stringify(recorded), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  /** Recorded processes that still run. */
  alive(): readonly number[] {
    if (!existsSync(this.#path)) return [];
    try {
      const recorded = JSON.parse(readFileSync(this.#path, "utf8")) as RecordedProcess[]; // Written above.
      return recorded.filter(({ pid, startTime: started }) => startTime(pid) === started).map(({ pid }) => pid);
    } catch {
      return [];
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}
