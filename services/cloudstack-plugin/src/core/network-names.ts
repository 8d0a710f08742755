import type { JsonObject } from "@contrail/schema";
import { firstOf, numberOf } from "./network-index.ts";
import { cloudUuidOf } from "./network-view.ts";

/** What CloudStack calls a network: its database number, and the uuid by which its API knows it. */
interface Names {
  readonly number: string | undefined;
  readonly cloudUuid: string | undefined;
}

/** Which networks have a name of CloudStack's, by the uuids of the configuration: several may have one. */
export class NetworkNames {
  readonly #names = new Map<string, Names>();
  readonly #byNumber = new Map<string, readonly string[]>();
  readonly #byUuid = new Map<string, readonly string[]>();

  /** uuids of all networks. */
  get uuids(): readonly string[] {
    return [...this.#names.keys()];
  }

  /** The network of a number or of a uuid of CloudStack's: of those of a number the one that got it last. */
  find(name: string): string | undefined {
    const numbered = this.#byNumber.get(name)?.at(-1);
    if (numbered !== undefined) return numbered;
    return this.#byUuid.get(name)?.reduce((one, other) => firstOf(name, one, other));
  }

  /** Notes what a network is called from now on. object: with its annotations. */
  set(uuid: string, object: JsonObject): void {
    const names = { number: numberOf(object), cloudUuid: cloudUuidOf(object) };
    this.drop(uuid);
    this.#names.set(uuid, names);
    add(this.#byNumber, names.number, uuid);
    add(this.#byUuid, names.cloudUuid, uuid);
  }

  /** Lets a network be the last one that got its number. */
  renew(uuid: string): void {
    const number = this.#names.get(uuid)?.number;
    remove(this.#byNumber, number, uuid);
    add(this.#byNumber, number, uuid);
  }

  /** A network that has not, or no more, the name under which it was found; it may have its other one still. */
  deny(name: string, uuid: string): void {
    const { number, cloudUuid } = this.#names.get(uuid) ?? {};
    remove(this.#byNumber, name, uuid);
    remove(this.#byUuid, name, uuid);
    const left = {
      number: number === name ? undefined : number,
      cloudUuid: cloudUuid === name ? undefined : cloudUuid,
    };
    this.#names.set(uuid, left);
  }

  /** Forgets a network. */
  drop(uuid: string): void {
    const names = this.#names.get(uuid);
    if (names === undefined) return;
    this.#names.delete(uuid);
    remove(this.#byNumber, names.number, uuid);
    remove(this.#byUuid, names.cloudUuid, uuid);
  }
}

type Lists = Map<string, readonly string[]>;

function add(lists: Lists, name: string | undefined, uuid: string): void {
  if (name !== undefined) lists.set(name, [...(lists.get(name) ?? []), uuid]);
}

function remove(lists: Lists, name: string | undefined, uuid: string): void {
  if (name === undefined) return;
  const left = (lists.get(name) ?? []).filter((one) => one !== uuid);
  if (left.length > 0) lists.set(name, left);
  else lists.delete(name);
}
