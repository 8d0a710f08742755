import { type InetPrefix, inetMask } from "@contrail/net";

/** Values by IPv4 prefix; the longest prefix that holds an address wins. */
export class PrefixTable<V> {
  readonly #byLength = new Map<number, Map<number, V>>();
  /** Prefix lengths that have a value, longest first. */
  #lengths: readonly number[] = [];

  set(prefix: InetPrefix, value: V): void {
    const values = this.#byLength.get(prefix.length) ?? new Map<number, V>();
    values.set(prefix.address, value);
    this.#byLength.set(prefix.length, values);
    this.#listLengths();
  }

  delete(prefix: InetPrefix): void {
    const values = this.#byLength.get(prefix.length);
    values?.delete(prefix.address);
    if (values?.size === 0) this.#byLength.delete(prefix.length);
    this.#listLengths();
  }

  exact(prefix: InetPrefix): V | undefined {
    return this.#byLength.get(prefix.length)?.get(prefix.address);
  }

  longest(address: number): V | undefined {
    for (const length of this.#lengths) {
      const found = this.#byLength.get(length)?.get((address & inetMask(length)) >>> 0);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #listLengths(): void {
    if (this.#lengths.length === this.#byLength.size) return;
    this.#lengths = [...this.#byLength.keys()].sort((a, b) => b - a);
  }
}
