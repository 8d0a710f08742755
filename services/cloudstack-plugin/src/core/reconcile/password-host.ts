import { type AnnotationChange, KEYS } from "../annotations.ts";
import type { CloudNic } from "../cloud.ts";
import { annotationOf, NO_PASSWORD } from "../interface-plan.ts";
import type { InterfaceView } from "../network-view.ts";

/** What becomes of a password while its machine is on a host. */
export interface PasswordChange {
  /** The change that takes it away; undefined where it stays. */
  readonly gone?: AnnotationChange;
  /** The change that notes where its machine runs. */
  readonly noted?: AnnotationChange;
}

/**
 * A host knows what it has given a machine itself, and no other host does: after a migration, of which CloudStack tells the
 * extension nothing, the new one would give a machine that boots again a password that it had long ago, in the place of its
 * present one. So the host is noted when a password's machine is first seen to run, and elsewhere, or on its way there, the
 * password goes. One that no start has had yet (passwordKept) is for the next start, wherever that is.
 */
export function passwordChange(
  { machineState, hostUuid }: Pick<CloudNic, "machineState" | "hostUuid">,
  found: InterfaceView | undefined,
): PasswordChange {
  const has = (key: string): boolean => annotationOf(found, key) !== undefined;
  if (!has(KEYS.password) || has(KEYS.passwordKept)) return {};
  if (machineState === "Migrating") return { gone: NO_PASSWORD };
  if (machineState !== "Running" || hostUuid === undefined) return {};
  const noted = annotationOf(found, KEYS.passwordHost);
  if (noted === undefined) return { noted: { [KEYS.passwordHost]: hostUuid } };
  return noted === hostUuid ? {} : { gone: NO_PASSWORD };
}
