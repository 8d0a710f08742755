import type { RouteTargetRoute } from "@contrail/bgp";

const TARGET_BITS = 64;
/** Length of a membership that names its target whole. */
const WHOLE_BITS = 96;
const ORIGIN_AS_BITS = 32;

/**
 * The route targets that one peer has asked for (RFC 4684 section 4). A target may be asked for by several origin ASes;
 * a membership may also name the beginning of targets, or none of their bits: then it is for all of them.
 */
export class Membership {
  /** Whole targets, each with the number of routes that name it. */
  readonly #whole = new Map<bigint, number>();
  /** Beginnings of targets: the bits behind them, the bits themselves, and the number of routes that name them. */
  readonly #beginnings = new Map<string, { readonly shift: bigint; readonly bits: bigint; count: number }>();

  /** Routes with which targets are to be sent. */
  wants(targets: readonly bigint[]): boolean {
    for (const target of targets) if (this.#whole.has(target)) return true;
    if (this.#beginnings.size === 0) return false;
    for (const { shift, bits } of this.#beginnings.values()) {
      // A route without a target is asked for by "everything" alone.
      if (shift === BigInt(TARGET_BITS)) return true;
      if (targets.some((target) => target >> shift === bits)) return true;
    }
    return false;
  }

  /** Different targets, and beginnings of some. */
  get size(): number {
    return this.#whole.size + this.#beginnings.size;
  }

  add({ routeTarget, length }: RouteTargetRoute): void {
    if (length === WHOLE_BITS) {
      this.#whole.set(routeTarget, (this.#whole.get(routeTarget) ?? 0) + 1);
      return;
    }
    const beginning = beginningOf(routeTarget, length);
    const key = `${beginning.shift} ${beginning.bits}`;
    const known = this.#beginnings.get(key);
    if (known === undefined) this.#beginnings.set(key, { ...beginning, count: 1 });
    else known.count++;
  }

  remove({ routeTarget, length }: RouteTargetRoute): void {
    if (length === WHOLE_BITS) {
      const count = this.#whole.get(routeTarget) ?? 0;
      if (count > 1) this.#whole.set(routeTarget, count - 1);
      else this.#whole.delete(routeTarget);
      return;
    }
    const { shift, bits } = beginningOf(routeTarget, length);
    const known = this.#beginnings.get(`${shift} ${bits}`);
    if (known !== undefined && --known.count === 0) this.#beginnings.delete(`${shift} ${bits}`);
  }
}

/** True where a membership is for one target alone; undefined stands for "any of many". */
export function wholeTarget({ routeTarget, length }: RouteTargetRoute): bigint | undefined {
  return length === WHOLE_BITS ? routeTarget : undefined;
}

function beginningOf(routeTarget: bigint, length: number): { readonly shift: bigint; readonly bits: bigint } {
  const shift = BigInt(TARGET_BITS - Math.max(0, length - ORIGIN_AS_BITS));
  return { shift, bits: routeTarget >> shift };
}
