import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import { takeFileLock } from "@contrail/netns";

/** A process by pid and start time (clock ticks since boot): together they name one process only, ever. */
interface RecordedProcess {
  readonly pid: number;
  readonly startTime: string;
}

/** What a system leaves written while it runs, for the start that follows its sudden end. */
interface SystemRecord {
  readonly processes: readonly RecordedProcess[];
  /** Directories that go with the system. */
  readonly directories: readonly string[];
}

const DEATH_DEADLINE_MS = 5_000;

/**
 * The lock of the one embedded system of a machine's root, or of a plain user: its namespaces have fixed names. The lock
 * ends with its process, however that ends; the file then still says what has to be cleared up.
 */
export class SystemLock {
  readonly #path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** True while a system runs that holds the lock of a path. */
  static isHeld(path: string): boolean {
    let fd: number | undefined;
    try {
      fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
      return !takeFileLock(fd); // One that was free goes with its descriptor.
    } catch {
      return false; // No file: no system. What else is wrong is told by acquire().
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  get held(): boolean {
    return this.#fd !== undefined;
  }

  /**
   * Takes the lock, and clears up what the record of a killed system names. Rejects with supervisor.conflict, or with
   * supervisor.permission_denied where others can write the file: it says what is killed and removed.
   */
  async acquire(): Promise<void> {
    const fd = openSync(this.#path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    try {
      if (!isOurs(fd)) {
        const advice = "look at it, and remove it or set CONTRAIL_RUN_DIR";
        throw new ContrailError("supervisor.permission_denied", `others can write ${this.#path}; ${advice}`);
      }
      if (!takeFileLock(fd))
        throw new ContrailError("supervisor.conflict", "a system is running already; stop it by: contrail down");
    } catch (reason) {
      closeSync(fd);
      throw reason;
    }
    this.#fd = fd;
    const { processes, directories } = readRecord(fd);
    const alive = (): readonly RecordedProcess[] =>
      processes.filter(({ pid, startTime: started }) => pid !== process.pid && startTime(pid) === started);
    for (const { pid } of alive()) kill(pid);
    const deadline = performance.now() + DEATH_DEADLINE_MS;
    while (alive().length > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  }

  /** Replaces the record. */
  write(pids: readonly number[], directories: readonly string[]): void {
    const processes = pids.flatMap((pid): RecordedProcess[] => {
      const started = startTime(pid);
      return started === undefined ? [] : [{ pid, startTime: started }];
    });
    const record: SystemRecord = { processes, directories };
    if (this.#fd === undefined) return;
    ftruncateSync(this.#fd);
    writeSync(this.#fd, JSON.stringify(record), 0);
  }

  release(): void {
    if (this.#fd === undefined) return;
    rmSync(this.#path, { force: true });
    closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** True for a file of this user that nobody else can write. */
function isOurs(fd: number): boolean {
  const { uid, mode } = fstatSync(fd);
  return uid === process.geteuid?.() && (mode & 0o022) === 0;
}

function readRecord(fd: number): SystemRecord {
  try {
    return JSON.parse(readFileSync(fd, "utf8")) as SystemRecord; // Written above, by this user.
  } catch {
    return { processes: [], directories: [] }; // New, or cut short when the machine went down.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
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
