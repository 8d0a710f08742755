import type { InetPrefix, MacAddress } from "@contrail/net";
import { mapKeys, mapLookup } from "./bpf-syscall.ts";
import type { Kernel } from "./kernel.ts";
import { readPrefixKey, readSourceMac, SIZE, type VifExtras } from "./layout.ts";

/** The /32 sources of each interface; one of them stands in its record, where it is found without a search. */
export class Sources {
  readonly #byInterface = new Map<number, Map<number, MacAddress>>();

  static of({ maps }: Kernel): Sources {
    const sources = new Sources();
    const value = new Uint8Array(SIZE.source);
    for (const key of mapKeys(maps.sources, SIZE.prefixKey)) {
      const { scope, prefix } = readPrefixKey(key);
      if (mapLookup(maps.sources, key, value)) sources.set(scope, prefix, readSourceMac(value));
    }
    return sources;
  }

  set(id: number, prefix: InetPrefix, mac: MacAddress): void {
    if (prefix.length !== 32) return;
    const sources = this.#byInterface.get(id) ?? new Map<number, MacAddress>();
    sources.set(prefix.address, mac);
    this.#byInterface.set(id, sources);
  }

  delete(id: number, prefix: InetPrefix): void {
    if (prefix.length === 32) this.#byInterface.get(id)?.delete(prefix.address);
  }

  primary(id: number): VifExtras["primary"] {
    for (const [address, mac] of this.#byInterface.get(id) ?? []) return { address, mac };
    return undefined;
  }
}
