import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import type { Wishes } from "./layout.ts";

/** Store and bus that a state directory was begun with. */
type Form = Pick<Wishes, "store" | "bus">;

/**
 * Writes down store and bus of a state directory, and refuses others later: machines and CloudStack's networks in it
 * belong to the objects that the first ones hold. Throws supervisor.conflict.
 */
export function keepForm(state: string, { store, bus }: Form): void {
  const file = join(state, "form.json");
  const known = existsSync(file);
  const older: Form | undefined = existsSync(join(state, "config")) ? { store: "sqlite", bus: "embedded" } : undefined;
  const before = known ? (JSON.parse(readFileSync(file, "utf8")) as Form) : older; // Written below.
  if (before !== undefined && (before.store !== store || before.bus !== bus)) {
    const was = `--store ${before.store} --bus ${before.bus}`;
    const advice = `give these, set CONTRAIL_STATE_DIR to another directory, or begin afresh: rm -rf ${state}`;
    throw new ContrailError("supervisor.conflict", `${state} holds a system of ${was}; ${advice}`);
  }
  if (!known) writeFileSync(file, `${JSON.stringify({ store, bus })}\n`, { mode: 0o600 });
}
