import type { GraphChange } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import type { GraphLookup } from "./nodes/lookups.ts";

/** A derived object as it is, and as it has to be written. */
export interface MendedObject {
  readonly before: ConfigObject;
  readonly wanted: ConfigObject;
}

/**
 * Derived objects that a removal has left behind: what they follow from went first, and a crash came before they did
 * (decision 0036). Where another object has its name by now the transformer, which thinks in names, sees nothing to do.
 */
export class Stranded {
  readonly #graph: GraphLookup;
  /** Those whose parent or target was not there when this was looked at last. */
  readonly #suspects = new Set<string>();

  constructor(graph: GraphLookup) {
    this.#graph = graph;
  }

  /** Takes in every change of the graph. */
  note({ uuid, after, relinked }: GraphChange): void {
    if (after === undefined) {
      this.#suspects.delete(uuid);
      for (const other of relinked) if (this.#graph.get(other)?.derived) this.#suspects.add(other);
    } else if (after.derived && !this.#isWhole(after)) this.#suspects.add(uuid);
  }

  /**
   * Each of them as it has to be written: child of, and referring to, what has those names now. Those whose parent's name
   * nobody has are not among them: the transformer removes them.
   */
  mended(): MendedObject[] {
    return [...this.#suspects].flatMap((uuid) => {
      const before = this.#graph.get(uuid);
      if (before === undefined || this.#isWhole(before)) {
        this.#suspects.delete(uuid);
        return [];
      }
      const { parentType, fqName } = before;
      const parent = parentType === undefined ? undefined : this.#graph.find(parentType, fqName.slice(0, -1));
      if (parentType !== undefined && parent === undefined) return [];
      const refs = before.refs.flatMap((ref) => {
        const target = this.#graph.get(ref.toUuid) ?? this.#graph.find(ref.toType, ref.toFqName);
        return target === undefined ? [] : [{ ...ref, toUuid: target.uuid }];
      });
      return [{ before, wanted: { ...before, parentUuid: parent?.uuid, refs } }];
    });
  }

  #isWhole({ parentUuid, refs }: ConfigObject): boolean {
    const isThere = (uuid: string) => this.#graph.get(uuid) !== undefined;
    return (parentUuid === undefined || isThere(parentUuid)) && refs.every(({ toUuid }) => isThere(toUuid));
  }
}
