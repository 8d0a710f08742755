import {
  type Destination,
  type ExportPolicy,
  exportedPaths,
  type Path,
  type PathNews,
  type PathSource,
} from "@contrail/rib";

/** Which paths a peer with add-path has been told of, by destination and by our number for them (RFC 7911). */
export class PathLedger {
  readonly #told = new Map<Destination, ReadonlyMap<number, Path | undefined>>();

  /** Destinations that it has a path to. */
  destinations(): Iterable<Destination> {
    return this.#told.keys();
  }

  /** What it has to hear of a destination to have all paths that `wanted` says; noted as told. Undefined: nothing. */
  news(
    destination: Destination,
    policy: ExportPolicy,
    peer: PathSource,
    wanted: (path: Path) => boolean,
  ): PathNews | undefined {
    const told = this.#told.get(destination);
    const paths = exportedPaths(destination, policy, peer).filter(wanted);
    const now = new Map(paths.map((path) => [path.id, path] as const));
    const reach = paths.filter((path) => told?.get(path.id) !== path);
    const gone = [...(told?.keys() ?? [])].filter((id) => !now.has(id));
    if (now.size === 0) this.#told.delete(destination);
    else this.#told.set(destination, now);
    return reach.length + gone.length === 0 ? undefined : { destination, reach, gone };
  }

  /** All of it is to be said again; what it has been told of is remembered for withdrawals alone. */
  sayAgain(): void {
    for (const [destination, told] of this.#told) {
      this.#told.set(destination, new Map([...told.keys()].map((id) => [id, undefined] as const)));
    }
  }
}
