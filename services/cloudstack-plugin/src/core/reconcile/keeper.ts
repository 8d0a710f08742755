import { annotationsOf, KEYS } from "../annotations.ts";
import type { Cloud } from "../cloud.ts";
import type { InterfaceView, NetworkView } from "../network-view.ts";
import type { UnknownItem } from "../not-understood.ts";
import { referredUuids } from "../references.ts";
import type { Difference } from "./difference.ts";

/** What of CloudStack's lists says that something stays though no list of networks and machines has it. */
export type KeepingLists = Pick<Cloud, "system" | "unknown" | "missing">;

/** Keeps what CloudStack may have all the same: ports of its own machines, and what could be an item that is not understood. */
export class Keeper {
  readonly #lists: KeepingLists;
  readonly #systemNics: ReadonlySet<string>;
  readonly #systemMachines: ReadonlySet<string>;

  constructor(lists: KeepingLists) {
    this.#lists = lists;
    this.#systemNics = new Set(lists.system.flatMap(({ uuid, mac }) => [uuid, mac]).filter((one) => one !== undefined));
    this.#systemMachines = new Set(lists.system.map(({ machineUuid }) => machineUuid));
  }

  /** The differences of a network without what is in use, and with what may be in use held. view: as they were found in. */
  ofNetwork(differences: readonly Difference[], view: NetworkView): readonly Difference[] {
    if (differences.every(({ action }) => action !== "remove")) return differences;
    const ports = new Map(view.interfaces.map((port) => [String(port.vmi.uuid), port]));
    return differences.flatMap((difference) => {
      if (difference.action !== "remove") return [difference];
      const port = ports.get(difference.uuid);
      if (port === undefined) return [held(difference, this.#network(view))];
      return this.#isOfSystem(port) ? [] : [held(difference, this.#port(port))];
    });
  }

  /** The same of domains, projects, and machines that nothing refers to. */
  ofObjects(differences: readonly Difference[]): readonly Difference[] {
    return differences.flatMap((difference) => {
      if (difference.action !== "remove") return [difference];
      if (this.#systemMachines.has(difference.uuid)) return [];
      const { type, uuid } = difference;
      return [
        held(
          difference,
          this.#unknown((item) => item.type === type && mayBe(item.uuid, uuid)),
        ),
      ];
    });
  }

  /** A network that was made before CloudStack told its uuid may be any, and may be there by its ports only. */
  #network({ network, interfaces }: NetworkView): string | undefined {
    const uuid = network === undefined ? undefined : annotationsOf(network).get(KEYS.networkUuid);
    const unknown = this.#unknown((item) => item.type === "virtual-network" && mayBe(item.uuid, uuid));
    if (unknown !== undefined || uuid !== undefined) return unknown;
    if (interfaces.some((port) => this.#isOfSystem(port))) return "it has a port of a machine of CloudStack's own";
    return interfaces.map((port) => this.#port(port)).find((why) => why !== undefined);
  }

  #isOfSystem({ vmi }: InterfaceView): boolean {
    return [String(vmi.uuid), ...macsOf(vmi)].some((one) => this.#systemNics.has(one));
  }

  /** Ports of CloudStack's own machines have no machine in the configuration: nobody gives them user data. */
  #port({ vmi }: InterfaceView): string | undefined {
    const [machine] = referredUuids(vmi, "virtual_machine_refs");
    const mayBeOf = (item: UnknownItem): boolean => {
      if (item.type === "virtual-machine") return mayBe(item.uuid, machine);
      if (item.type !== "virtual-machine-interface") return false;
      return item.uuid === undefined ? mayBe(item.machineUuid, machine) : item.uuid === vmi.uuid;
    };
    return this.#unknown(mayBeOf) ?? (machine === undefined ? this.#lists.missing[0]?.problem : undefined);
  }

  #unknown(isMeant: (item: UnknownItem) => boolean): string | undefined {
    return this.#lists.unknown.find(isMeant)?.problem;
  }
}

/** True where one of two uuids is not known. */
function mayBe(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function held(difference: Difference, why: string | undefined): Difference {
  return why === undefined ? difference : { ...difference, held: why };
}

function macsOf(vmi: InterfaceView["vmi"]): readonly string[] {
  const wrapper = vmi.virtual_machine_interface_mac_addresses as { mac_address?: readonly string[] } | null | undefined; // MacAddressesType.
  return (wrapper?.mac_address ?? []).map((mac) => mac.toLowerCase());
}
