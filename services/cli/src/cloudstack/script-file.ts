import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { REPOSITORY } from "../config.ts";
import type { ScriptFile } from "./found.ts";

/** The executable that CloudStack shall run. */
export const SCRIPT = join(REPOSITORY, "deploy/cloudstack/opencontrail.sh");

/** The executable of an extension as this machine sees it; CloudStack names it as <extensions>/<name>/<name>.sh. */
export function lookAtScript(path: string): ScriptFile {
  const isWritable = canWrite(existing(dirname(path)) ? dirname(path) : dirname(dirname(path)));
  if (!existing(path)) return { kind: "absent", isWritable };
  return { kind: readable(path)?.equals(readFileSync(SCRIPT)) === true ? "same" : "other", isWritable };
}

/** Puts the executable in its place at once, whole or not at all, for everybody to run. */
export function writeScript(path: string): void {
  const next = nextOf(path);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(next, readFileSync(SCRIPT), { mode: 0o755 });
    chmodSync(next, 0o755); // Whatever the umask left.
    renameSync(next, path);
  } catch (reason) {
    rmSync(next, { force: true });
    throw new ContrailError(
      "cloudstack.bad_request",
      `${path} cannot be written: ${ContrailError.from(reason).message}`,
    );
  }
}

/** Removes the executable, and its folder where that is empty then: certificates of mutual TLS stay. */
export function removeScript(path: string): void {
  rmSync(path, { force: true });
  rmSync(nextOf(path), { force: true }); // Of an install that was killed.
  try {
    rmdirSync(dirname(path));
  } catch {
    // Not empty: what is left is somebody else's.
  }
}

function nextOf(path: string): string {
  return `${path}.new`;
}

function existing(path: string): boolean {
  return can(path, constants.F_OK);
}

function canWrite(directory: string): boolean {
  return can(directory, constants.W_OK | constants.X_OK);
}

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function readable(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
