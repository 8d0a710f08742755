import { spawnSync } from "node:child_process";
import { probeEbpf } from "@contrail/dataplane-ebpf";

/** The forms in which the embedded system is run: as root with one of two data planes, or as a plain user. */
export type SystemForm = "ebpf" | "typescript" | "user";

/** User and group of the plain user: nobody and nogroup on Debian. */
export const PLAIN_USER = 65_534;

const isRoot = process.getuid?.() === 0;

/** Why the embedded system cannot run in a form here; undefined where it can. To be printed with the skip. */
export function missingFor(form: SystemForm): string | undefined {
  if (form === "user") return missingForUser();
  if (!isRoot) return "needs root";
  if (form === "typescript") return undefined;
  const probe = probeEbpf();
  return probe.usable ? undefined : `needs eBPF: ${probe.reason}`;
}

function missingForUser(): string | undefined {
  const tried = spawnSync("unshare", ["-Urnm", "true"], isRoot ? { uid: PLAIN_USER, gid: PLAIN_USER } : {});
  return tried.status === 0 ? undefined : "needs user namespaces for a plain user";
}

/** The name of a test with the reason where it is skipped. */
export function withReason(name: string, missing: string | undefined): string {
  return missing === undefined ? name : `${name} (skipped: ${missing})`;
}
