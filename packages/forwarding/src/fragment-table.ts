import type { InetHeader } from "./inet-header.ts";

/** Ports of a packet. */
export interface Ports {
  readonly source: number;
  readonly destination: number;
}

/** Remembers the ports of first fragments for the later ones; the oldest goes when it is full. */
export class FragmentTable {
  readonly #ports = new Map<string, Ports>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  remember(nextHop: number, header: InetHeader, ports: Ports): void {
    const key = fragmentKey(nextHop, header);
    this.#ports.delete(key);
    this.#ports.set(key, ports);
    if (this.#ports.size <= this.#capacity) return;
    for (const oldest of this.#ports.keys()) {
      this.#ports.delete(oldest);
      return;
    }
  }

  find(nextHop: number, header: InetHeader): Ports | undefined {
    return this.#ports.get(fragmentKey(nextHop, header));
  }
}

function fragmentKey(nextHop: number, header: InetHeader): string {
  return `${nextHop}/${header.source}/${header.destination}/${header.identification}/${header.protocol}`;
}
