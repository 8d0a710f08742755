import type { NameClaim } from "./names.ts";
import type { Link } from "./references.ts";
import { long, type Row, text } from "./session.ts";

/** A number of a pool as it was claimed. */
export interface Claim {
  readonly pool: string;
  readonly value: string;
  readonly owner: string;
  readonly nonce: string;
}

/** What a write is about to do: enough to finish it, or to take it back, for whoever finds it. */
export interface IntentDetail {
  /** Guard of the object's row that the write is conditional on; "" where there was none. */
  readonly basis: string;
  /** Claims of names that are made, and those that are given up. */
  readonly names: readonly NameClaim[];
  /** Rows of table referrer that are put, and those that are dropped. */
  readonly links: readonly Link[];
  /** Numbers that a removal gives back. */
  readonly numbers: readonly Claim[];
}

/** Where an intent lies. */
export interface IntentKey {
  readonly instance: string;
  readonly generation: bigint;
  readonly nonce: string;
}

/** A write that was begun and is not known to be published: its intent is the outbox's entry, too. */
export interface Intent extends IntentKey {
  readonly uuid: string;
  /** What the object's revision is when it has been written. */
  readonly revision: bigint;
  readonly detail: IntentDetail;
}

/** An intent as text; long lists are short in it. */
export function encodeDetail({ basis, names, links, numbers }: IntentDetail): string {
  return JSON.stringify([
    basis,
    names.map(({ type, fqName, claim }) => [type, fqName, claim]),
    links.map(({ target, nonce }) => [target, nonce]),
    numbers.map(({ pool, value, nonce }) => [pool, value, nonce]),
  ]);
}

/** The intent of a row of a generation. */
export function intentOf(instance: string, generation: bigint, row: Row): Intent {
  const uuid = text(row, "uuid") ?? "";
  // Written by encodeDetail().
  const [basis, names, links, numbers] = JSON.parse(text(row, "detail") ?? '["",[],[],[]]') as [
    string,
    [string, string[], string][],
    [string, string][],
    [string, string, string][],
  ];
  return {
    instance,
    generation,
    nonce: text(row, "nonce") ?? "",
    uuid,
    revision: long(row, "revision"),
    detail: {
      basis,
      names: names.map(([type, fqName, claim]) => ({ type, fqName, claim })),
      links: links.map(([target, nonce]) => ({ target, source: uuid, nonce })),
      numbers: numbers.map(([pool, value, nonce]) => ({ pool, value, owner: uuid, nonce })),
    },
  };
}
