import { type EmbeddedSystem, type SystemForm, withReason } from "@contrail/testkit/embedded";
import { test } from "vitest";

/** What a group of tests is given. */
export interface SystemUnderTest {
  readonly form: SystemForm;
  /** Why it cannot run here. */
  readonly missing: string | undefined;
  /** The system that all groups share, one after the other. */
  readonly system: () => EmbeddedSystem;
}

/** Registers tests of a running system. */
export type SystemTests = (under: SystemUnderTest) => void;

/** A test of a running system; skipped with the reason where it cannot run. */
export function scenario(
  { missing, system }: SystemUnderTest,
  name: string,
  work: (system: EmbeddedSystem) => Promise<void>,
): void {
  test.skipIf(missing !== undefined)(withReason(name, missing), () => work(system()));
}
