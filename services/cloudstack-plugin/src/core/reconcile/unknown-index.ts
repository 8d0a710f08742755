import type { UnknownItem } from "../not-understood.ts";

interface Group {
  readonly byUuid: Map<string, string>;
  /** Problem of the first item without a legible uuid, and of the first of all. */
  blank: string | undefined;
  first: string | undefined;
}

/** What is not understood, by what it could be: a format that changed may make everything so, and each port is asked for. */
export class UnknownIndex {
  readonly #groups = new Map<string, Group>();

  constructor(items: readonly UnknownItem[]) {
    for (const { type, uuid, machineUuid, problem } of items) {
      if (type === "virtual-machine-interface" && uuid === undefined) this.#add("NIC of machine", machineUuid, problem);
      else this.#add(type, uuid, problem);
    }
  }

  /** The problem of an item that may be the object; uuid undefined: the object may be any of its type. */
  mayBe(type: string, uuid: string | undefined): string | undefined {
    return this.#find(type, uuid);
  }

  /** The problem of an item that may be a port. machineUuid undefined: the port may be of any machine. */
  mayBePort(uuid: string, machineUuid: string | undefined): string | undefined {
    return (
      this.#groups.get("virtual-machine-interface")?.byUuid.get(uuid) ??
      this.#find("NIC of machine", machineUuid) ??
      this.#find("virtual-machine", machineUuid)
    );
  }

  #find(group: string, uuid: string | undefined): string | undefined {
    const found = this.#groups.get(group);
    return uuid === undefined ? found?.first : (found?.blank ?? found?.byUuid.get(uuid));
  }

  #add(name: string, uuid: string | undefined, problem: string): void {
    const group = this.#groups.get(name) ?? { byUuid: new Map(), blank: undefined, first: undefined };
    this.#groups.set(name, group);
    group.first ??= problem;
    if (uuid === undefined) group.blank ??= problem;
    else group.byUuid.set(uuid, problem);
  }
}
