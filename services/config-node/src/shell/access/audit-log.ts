import { mkdirSync } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate as restOfTurn } from "node:timers/promises";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { AuditRecord } from "../../core/access/audit-record.ts";
import { RateLimiter } from "../../core/access/rate-limit.ts";

const FILE_BYTES = 64 * 1024 * 1024;
/** Full files that are kept beside the one that is written. */
const KEPT_FILES = 16;
/** Records that wait for the disk; a caller waits for his own, so that there are never many. */
const MAX_WAITING = 20_000;
/** Denials of strangers that are written: a flood of them fills no disk. */
const STRANGER_RATE = { perSecond: 10, burst: 100 };

/** Sizes of the log's files and how they are opened, for tests; the usual where absent. */
export interface AuditBounds {
  readonly fileBytes?: number;
  readonly keptFiles?: number;
  readonly openFile?: OpenFile;
}

/** Opens a file to append to. */
export type OpenFile = (path: string, flags: string, mode: number) => Promise<AuditFile>;

/** What the log needs of an open file. */
export type AuditFile = Pick<FileHandle, "appendFile" | "datasync" | "stat" | "close">;

interface FileParts {
  readonly path: string;
  readonly fileBytes: number;
  readonly keptFiles: number;
  /** What waits together is on the disk before it is answered: one fdatasync for all of it. */
  readonly isSynced: boolean;
  readonly openFile: OpenFile;
}

/**
 * Lines of JSON that are only ever appended: changes.log holds changes and refusals of those who have logged in, and
 * denials.log those of strangers, who cannot push the others out. Full files become changes.log.1, .2, … and the oldest goes.
 */
export class AuditLog {
  readonly #directory: string;
  readonly #logger: Logger;
  readonly #files: Readonly<Record<"changes" | "denials", AppendedFile>>;
  readonly #strangers = new RateLimiter(STRANGER_RATE, 1);
  #leftOut = 0;

  constructor(directory: string, logger: Logger, bounds: AuditBounds = {}) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#directory = directory;
    this.#logger = logger;
    const { fileBytes = FILE_BYTES, keptFiles = KEPT_FILES, openFile = open } = bounds;
    const file = (name: string, isSynced: boolean) =>
      new AppendedFile({ path: join(this.#directory, name), fileBytes, keptFiles, isSynced, openFile });
    // A flood of strangers' denials makes no disk busy: those survive the process, and not a loss of power.
    this.#files = { changes: file("changes.log", true), denials: file("denials.log", false) };
  }

  /** Resolves when the record is on the disk: it survives the end of this process and a loss of power. */
  async note(record: AuditRecord): Promise<void> {
    await this.#append("changes", record);
  }

  /** A denial of somebody who has not logged in; some are left out, and counted, where they come too fast. */
  async noteStranger(record: AuditRecord, nowMs: number): Promise<void> {
    if (this.#strangers.take("", nowMs) > 0) {
      this.#leftOut += 1;
      return;
    }
    const left_out = this.#leftOut === 0 ? undefined : this.#leftOut;
    this.#leftOut = 0;
    await this.#append("denials", { ...record, left_out });
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#files).map((file) => file.close()));
  }

  async #append(name: "changes" | "denials", record: AuditRecord): Promise<void> {
    try {
      await this.#files[name].append(`${JSON.stringify(record)}\n`);
    } catch (reason) {
      // The change is made: an answer that says otherwise would be wrong.
      this.#logger.error("audit record is lost", { id: record.id, reason: ContrailError.from(reason).message });
    }
  }
}

/** One file that is appended to, with what waits written in one go, and turned over when it is full. */
class AppendedFile {
  readonly #parts: FileParts;
  #handle: AuditFile | undefined;
  #bytes = 0;
  #waiting: { readonly line: string; readonly done: PromiseWithResolvers<void> }[] = [];
  #writing: Promise<void> | undefined;

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  append(line: string): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) throw new ContrailError("audit.unavailable", "too many records wait");
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ line, done });
    this.#start();
    return done.promise;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #start(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0) this.#start();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Answers of one turn are noted one after the other, and share the wait for the disk.
      await restOfTurn();
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const text = Buffer.from(batch.map(({ line }) => line).join(""));
        const handle = await this.#opened();
        await handle.appendFile(text);
        if (this.#parts.isSynced) await handle.datasync();
        this.#bytes += text.length;
        if (this.#bytes >= this.#parts.fileBytes) await this.#turnOver();
        for (const { done } of batch) done.resolve();
      } catch (reason) {
        for (const { done } of batch) done.reject(reason);
      }
    }
  }

  async #opened(): Promise<AuditFile> {
    if (this.#handle !== undefined) return this.#handle;
    const { path, isSynced, openFile } = this.#parts;
    const handle = await openFile(path, "a", 0o600);
    // A new file is there after a loss of power when its directory says so.
    if (isSynced) await syncDirectory(dirname(path));
    this.#handle = handle;
    this.#bytes = (await handle.stat()).size;
    return handle;
  }

  /** The full file gets the next number; numbers rise, so that a name is never another file's. */
  async #turnOver(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    const { path, keptFiles } = this.#parts;
    const numbers = await this.#numbers();
    await rename(path, `${path}.${(numbers.at(-1) ?? 0) + 1}`);
    for (const number of numbers.slice(0, Math.max(0, numbers.length + 1 - keptFiles))) {
      await rm(`${path}.${number}`, { force: true });
    }
  }

  async #numbers(): Promise<number[]> {
    const { path } = this.#parts;
    const stem = `${basename(path)}.`;
    const names = await readdir(dirname(path));
    const numbers = names.filter((name) => name.startsWith(stem)).map((name) => Number(name.slice(stem.length)));
    return numbers.filter(Number.isInteger).sort((a, b) => a - b);
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
