import type { ConfigGraph, GraphChange } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";

/**
 * Derived objects whose parent or target is not in the graph: a removal goes on from what clients made to what follows from
 * it, and a crash may come in between (decision 0036). Those that nobody wants any more the transformer removes. Where
 * another object has the name of the one that is gone it sees nothing to do, as it compares names: these are found here.
 * There are never more of them than derived objects in the graph.
 */
export class Stranded {
  readonly #graph: Pick<ConfigGraph, "get">;
  readonly #suspects = new Set<string>();

  constructor(graph: Pick<ConfigGraph, "get">) {
    this.#graph = graph;
  }

  /** Takes in every change of the graph. */
  note({ uuid, after, relinked }: GraphChange): void {
    if (after === undefined) {
      this.#suspects.delete(uuid);
      for (const other of relinked) if (this.#graph.get(other)?.derived) this.#suspects.add(other);
    } else if (after.derived && !this.#isWhole(after)) this.#suspects.add(uuid);
  }

  /** Those that lack something now. */
  look(): ConfigObject[] {
    return [...this.#suspects].flatMap((uuid) => {
      const object = this.#graph.get(uuid);
      if (object !== undefined && !this.#isWhole(object)) return [object];
      this.#suspects.delete(uuid);
      return [];
    });
  }

  #isWhole({ parentUuid, refs }: ConfigObject): boolean {
    const isThere = (uuid: string) => this.#graph.get(uuid) !== undefined;
    return (parentUuid === undefined || isThere(parentUuid)) && refs.every(({ toUuid }) => isThere(toUuid));
  }
}
