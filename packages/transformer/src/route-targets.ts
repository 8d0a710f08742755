/** Numbers of a target: those below are left to users (RFC 4360 section 4, RFC 5668: an AS of 4 octets leaves 2). */
const SHORT_AS = { first: 8_000_000, last: 0xffffff };
const LONG_AS = { first: 8_000, last: 0x7fff };
const LAST_SHORT_AS = 0xffff;

/**
 * Numbers of route targets by routing instance. The numbers of the instances that exist are learnt from them: a restart
 * gives every instance its old one, and a number is not given again while an instance in the store still has it. A new
 * instance gets the lowest free number.
 */
export class RouteTargetNumbers {
  readonly #byInstance = new Map<string, number>();
  readonly #stored = new Map<string, number>();
  /** How many instances have a number, given or stored. */
  readonly #users = new Map<number, number>();
  #range = SHORT_AS;
  #lowest = SHORT_AS.first;

  /** Numbers that do not fit the AS are given up; their instances get new ones. */
  setAutonomousSystem(autonomousSystem: number): void {
    const range = autonomousSystem > LAST_SHORT_AS ? LONG_AS : SHORT_AS;
    if (range === this.#range) return;
    this.#range = range;
    this.#lowest = range.first;
    for (const [instance, number] of this.#byInstance) if (!this.#fits(number)) this.free(instance);
  }

  /** The instance's number; given at the first call. Undefined where none is left. */
  numberOf(instance: string): number | undefined {
    const known = this.#byInstance.get(instance);
    if (known !== undefined) return known;
    const stored = this.#stored.get(instance);
    const number = stored !== undefined && this.#isOwn(instance, stored) ? stored : this.#lowestFree();
    if (number === undefined) return undefined;
    this.#byInstance.set(instance, number);
    this.#count(number, 1);
    return number;
  }

  /** Notes the number that an instance has in the store; undefined where the instance is gone, or has none. */
  learn(instance: string, number: number | undefined): void {
    const before = this.#stored.get(instance);
    if (before === number) return;
    if (before !== undefined) this.#count(before, -1);
    if (number === undefined) this.#stored.delete(instance);
    else {
      this.#stored.set(instance, number);
      this.#count(number, 1);
    }
  }

  /** Gives an instance's number back. */
  free(instance: string): void {
    const number = this.#byInstance.get(instance);
    if (number === undefined) return;
    this.#byInstance.delete(instance);
    this.#count(number, -1);
  }

  /** True where a stored number fits the AS and no other instance has been given it. */
  #isOwn(instance: string, number: number): boolean {
    const others = (this.#users.get(number) ?? 0) - (this.#stored.get(instance) === number ? 1 : 0);
    return this.#fits(number) && others === 0;
  }

  #lowestFree(): number | undefined {
    while (this.#users.has(this.#lowest) && this.#lowest <= this.#range.last) this.#lowest++;
    return this.#lowest > this.#range.last ? undefined : this.#lowest;
  }

  #fits(number: number): boolean {
    return number >= this.#range.first && number <= this.#range.last;
  }

  #count(number: number, change: number): void {
    const users = (this.#users.get(number) ?? 0) + change;
    if (users > 0) {
      this.#users.set(number, users);
      return;
    }
    this.#users.delete(number);
    if (this.#fits(number)) this.#lowest = Math.min(this.#lowest, number);
  }
}

/** The number of a target that the system may have given, under whatever AS; undefined for one of another form. */
export function systemNumber(routeTarget: string): number | undefined {
  const found = /^target:[0-9]+:([0-9]+)$/.exec(routeTarget);
  return found === null ? undefined : Number(found[1]);
}
