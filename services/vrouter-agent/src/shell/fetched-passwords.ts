import { createHash } from "node:crypto";
import type { StateFiles } from "./state-files.ts";

/**
 * Which passwords machines have fetched and acknowledged: these are not sent again, also by the next agent. Kept as
 * digests, one an interface; a password that is set anew has another one.
 */
export class FetchedPasswords {
  readonly #files: StateFiles;
  readonly #digests: Map<string, string>;

  constructor(files: StateFiles) {
    this.#files = files;
    this.#digests = new Map(Object.entries(files.fetchedPasswords()));
  }

  /** The password, or "" where the machine has it. */
  waiting(portId: string, password: string): string {
    return this.#digests.get(portId) === digest(portId, password) ? "" : password;
  }

  /** The machine has the password; on disk when this returns. */
  acknowledge(portId: string, password: string, portIds: ReadonlySet<string>): void {
    if (password === "" || this.waiting(portId, password) === "") return;
    for (const id of this.#digests.keys()) if (!portIds.has(id)) this.#digests.delete(id);
    this.#digests.set(portId, digest(portId, password));
    this.#files.saveFetchedPasswords(Object.fromEntries(this.#digests));
  }
}

function digest(portId: string, password: string): string {
  return createHash("sha256").update(`${portId} ${password}`).digest("hex");
}
