import type { AclRow } from "@contrail/forwarding";
import type { ConfigObject } from "@contrail/schema";
import { compileAcls } from "./acl-rules.ts";
import { type ConfigView, wholeNumber } from "./config-view.ts";

interface Compiled {
  readonly objects: readonly ConfigObject[];
  readonly networkChanges: number;
  readonly row: AclRow;
  readonly problem: string | undefined;
}

/**
 * Compiled ACLs by their key: an ACL is compiled again only when one of its objects, its number, or a network has
 * changed. A row that did not change is the same object, so that nobody has to compare a thousand rules.
 */
export class AclCache {
  #compiled = new Map<string, Compiled>();
  #round = new Map<string, Compiled>();

  /** Starts a round: what is not asked for until the next one is forgotten. */
  startRound(): void {
    this.#compiled = this.#round;
    this.#round = new Map();
  }

  row(key: string, id: number, objects: readonly ConfigObject[], view: ConfigView): Compiled {
    const known = this.#round.get(key) ?? this.#compiled.get(key);
    const { networkChanges } = view;
    const fresh = known?.networkChanges === networkChanges && known.row.id === id && sameItems(known.objects, objects);
    const compiled = fresh && known !== undefined ? known : compile(id, objects, view);
    this.#round.set(key, compiled);
    return compiled;
  }
}

function compile(id: number, objects: readonly ConfigObject[], view: ConfigView): Compiled {
  const { rules, problem } = compileAcls(objects, (name) =>
    wholeNumber(view.networkNamed(name)?.properties.virtual_network_network_id),
  );
  return { objects, networkChanges: view.networkChanges, row: { id, rules }, problem };
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
