import type { EmbeddedSystem, MachineState } from "@contrail/testkit/embedded";
import { expect } from "vitest";

/** The network of the machines that the commands make. */
export const NETWORK = "default-domain:default-project:commands";

/** Runs a command that must succeed and say nothing on stderr; gives its stdout. */
export async function succeeds(system: EmbeddedSystem, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await system.contrail(...args);
  expect([args, code, stderr]).toEqual([args, 0, ""]);
  return stdout;
}

/** Runs a command that must fail with code 1 and nothing on stdout; the text on stderr names the next step. */
export async function fails(system: EmbeddedSystem, step: string, ...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await system.contrail(...args);
  expect([args, code, stdout]).toEqual([args, 1, ""]);
  expect(stderr).toContain(step);
}

/** The machines, as the command lists them. */
export async function machines(system: EmbeddedSystem): Promise<readonly MachineState[]> {
  return JSON.parse(await succeeds(system, "machine", "list", "--json")) as MachineState[]; // Tested by its fields.
}
