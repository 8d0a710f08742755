/** First number that the system gives to a route target with a 2-octet AS number (RFC 4360 section 4). */
const FIRST = 8_000_000;
const LAST = 0xffffff;

/**
 * Numbers of route targets by routing instance. Numbers in use are learnt from the objects that exist, so a restart
 * gives every instance its old one; a new instance gets the lowest free number.
 */
export class RouteTargetNumbers {
  readonly #byInstance = new Map<string, number>();
  readonly #taken = new Set<number>();
  #lowest = FIRST;

  /** The instance's number; given at the first call. Undefined where none is left. */
  numberOf(instance: string): number | undefined {
    const known = this.#byInstance.get(instance);
    if (known !== undefined) return known;
    while (this.#taken.has(this.#lowest) && this.#lowest <= LAST) this.#lowest++;
    if (this.#lowest > LAST) return undefined;
    this.#claim(instance, this.#lowest);
    return this.#byInstance.get(instance);
  }

  /** Notes that an existing instance has a number, unless either is known already. */
  learn(instance: string, number: number): void {
    if (!this.#byInstance.has(instance) && !this.#taken.has(number)) this.#claim(instance, number);
  }

  free(instance: string): void {
    const number = this.#byInstance.get(instance);
    if (number === undefined) return;
    this.#byInstance.delete(instance);
    this.#taken.delete(number);
    this.#lowest = Math.min(this.#lowest, number);
  }

  #claim(instance: string, number: number): void {
    this.#byInstance.set(instance, number);
    this.#taken.add(number);
  }
}

/** The number of a target that the system may have given; undefined for one of another AS or range. */
export function systemNumber(routeTarget: string, autonomousSystem: number): number | undefined {
  const [kind, as, number] = routeTarget.split(":");
  const value = Number(number);
  return kind === "target" && Number(as) === autonomousSystem && value >= FIRST && value <= LAST ? value : undefined;
}
