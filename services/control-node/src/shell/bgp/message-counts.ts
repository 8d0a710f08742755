import { KEEPALIVE, NOTIFICATION, OPEN, ROUTE_REFRESH, UPDATE } from "@contrail/bgp";

/** Messages of one direction by their type (RFC 4271 section 4.1, RFC 2918), and all of them. */
export type CountsByType = Readonly<
  Record<"total" | "open" | "update" | "notification" | "keepalive" | "routeRefresh", number>
>;

/** Counts whole messages of one direction. */
export class MessageCounts {
  readonly #byType = new Uint32Array(ROUTE_REFRESH + 1);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  count(type: number): void {
    this.#total++;
    if (type < this.#byType.length) this.#byType[type] = (this.#byType[type] ?? 0) + 1;
  }

  /** Takes over what another one has counted. */
  add(other: MessageCounts): void {
    this.#total += other.#total;
    for (const [type, count] of other.#byType.entries()) this.#byType[type] = (this.#byType[type] ?? 0) + count;
  }

  read(): CountsByType {
    const of = (type: number): number => this.#byType[type] ?? 0;
    return {
      total: this.#total,
      open: of(OPEN),
      update: of(UPDATE),
      notification: of(NOTIFICATION),
      keepalive: of(KEEPALIVE),
      routeRefresh: of(ROUTE_REFRESH),
    };
  }
}
