import type { Kind, Rows } from "./rows.ts";

/** The cloud's objects as views and rules read them; in memory, so an answer is one state. */
export interface World {
  find<K extends Kind>(kind: K, uuid: string | undefined): Rows[K] | undefined;
  /** In the order of making. */
  all<K extends Kind>(kind: K): Iterable<Rows[K]>;
  /** Rows of which an indexed field has this value (INDEXES); in the order of making. */
  where<K extends Kind>(kind: K, field: IndexedField<K>, value: string): readonly Rows[K][];
}

/** Fields by which rows are found without a walk over all. */
export const INDEXES = {
  account: ["domain"],
  user: ["account"],
  apiKey: ["user", "apiKey"],
  project: ["account"],
  projectMember: ["project", "account"],
  provider: ["name"],
  extension: ["name"],
  extensionResource: ["extension", "physicalNetwork"],
  network: ["account"],
  machine: ["account", "host", "state"],
  nic: ["machine", "network"],
  keyPair: ["account"],
  userData: ["account"],
  affinityGroup: ["account"],
  webhook: ["account"],
  tag: ["resource"],
  resourceDetail: ["resource"],
  limit: ["owner"],
  webhookDelivery: ["webhook"],
  domain: ["parent"],
  job: ["instance"],
} as const satisfies { readonly [K in Kind]?: readonly (keyof Rows[K])[] };

export type IndexedField<K extends Kind> = K extends keyof typeof INDEXES ? (typeof INDEXES)[K][number] : never;

/** A row that another row names; a broken reference is a broken invariant. */
export function need<K extends Kind>(world: World, kind: K, uuid: string | undefined): Rows[K] {
  const row = world.find(kind, uuid);
  if (row === undefined) throw new Error(`${kind} ${uuid} is referred to and is not there`);
  return row;
}
