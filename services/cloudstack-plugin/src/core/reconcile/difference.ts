import type { Write } from "../write.ts";

/** One thing that is not as CloudStack has it, with the writes that make it so. */
export interface Difference {
  /**
   * replace: a network made before CloudStack could be asked gets its true uuid, or owner; adopt: it keeps its own and is
   * named; move: a port comes out of the wrong network into this one; note: nothing differs, something is to be kept in mind,
   * which nobody is shown.
   */
  readonly action: "create" | "mend" | "adopt" | "replace" | "move" | "remove" | "note";
  readonly type: string;
  readonly uuid: string;
  /** What a person calls it. */
  readonly name: string;
  readonly reason: string;
  /** Of a removal: why it is not made, whatever its grace; undefined where it may be. */
  readonly held?: string | undefined;
  readonly writes: readonly Write[];
}

/** A difference as it is shown. */
export type Finding = Omit<Difference, "writes">;

/** What differs of one network, its interfaces and addresses. To settle it, the network is read anew under its lock. */
export interface NetworkFindings {
  /** Database number, with which its commands come. */
  readonly networkId: string;
  /** By which CloudStack's API knows it; undefined where nobody has told. */
  readonly cloudUuid: string | undefined;
  /** The configuration's network that CloudStack has none for; undefined where it has one. */
  readonly surplus: string | undefined;
  /** The configuration's networks that ports are to come out of. */
  readonly from: readonly string[];
  /** Numbers of all networks that may change: the locks under which it is settled, in their order. */
  readonly numbers: readonly string[];
  readonly findings: readonly Finding[];
}

/** Without what it would write: that is not for eyes, and out of date soon. */
export function findingOf({ writes: _, ...finding }: Difference): Finding {
  return finding;
}

/** Which properties and annotations some writes change, for a person. */
export function changedBy(writes: readonly Write[]): string {
  const parts = writes.flatMap((write) => {
    if (write.kind !== "update") return [`${write.kind} ${write.type}`];
    return Object.keys(write.change).map((key) => key.replaceAll("_", " "));
  });
  return [...new Set(parts)].join(", ");
}
