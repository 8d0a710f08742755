import { type AsPathSegment, prependAs } from "@contrail/bgp";

/** What is done to the private AS numbers of a path that goes to an external peer. */
export type PrivateAsAction = "remove" | "remove-all" | "replace-all";

/** What the path to an external peer depends on. */
export interface AsPathPolicy {
  readonly localAs: number;
  readonly peerAs: number;
  /** The peer's own AS in the path becomes ours, so that another site of that AS takes the route. */
  readonly asOverride: boolean;
  readonly privateAs: PrivateAsAction | undefined;
}

/** The AS path as an external peer gets it: ours in front (RFC 4271 section 5.1.2). */
export function outgoingAsPath(asPath: readonly AsPathSegment[], policy: AsPathPolicy): AsPathSegment[] {
  const { localAs, peerAs, asOverride, privateAs } = policy;
  let path = asPath;
  if (privateAs !== undefined) path = withoutPrivate(path, privateAs, localAs, peerAs);
  if (asOverride) path = mapped(path, (autonomousSystem) => (autonomousSystem === peerAs ? localAs : autonomousSystem));
  return prependAs(path, localAs);
}

/**
 * "remove" stops at the first number that is not private, "remove-all" does not, "replace-all" puts ours in their place.
 * The peer's own number always stays: by it the peer sees a loop.
 */
function withoutPrivate(
  asPath: readonly AsPathSegment[],
  action: PrivateAsAction,
  localAs: number,
  peerAs: number,
): readonly AsPathSegment[] {
  let past = false;
  return mapped(asPath, (autonomousSystem) => {
    const goes = isPrivate(autonomousSystem) && autonomousSystem !== peerAs && !past;
    if (!goes) {
      past ||= action === "remove";
      return autonomousSystem;
    }
    return action === "replace-all" ? localAs : undefined;
  });
}

/** Numbers for use inside an organisation (RFC 6996). */
function isPrivate(autonomousSystem: number): boolean {
  return (
    (autonomousSystem >= 64_512 && autonomousSystem <= 65_534) ||
    (autonomousSystem >= 4_200_000_000 && autonomousSystem <= 4_294_967_294)
  );
}

/** Every number changed, or left out where there is nothing to put in its place; empty segments go. */
function mapped(
  asPath: readonly AsPathSegment[],
  change: (autonomousSystem: number) => number | undefined,
): AsPathSegment[] {
  return asPath.flatMap(({ kind, autonomousSystems }) => {
    const changed = autonomousSystems.flatMap((autonomousSystem) => change(autonomousSystem) ?? []);
    return changed.length === 0 ? [] : [{ kind, autonomousSystems: changed }];
  });
}
