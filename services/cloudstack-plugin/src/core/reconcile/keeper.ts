import { annotationsOf, KEYS } from "../annotations.ts";
import type { Cloud } from "../cloud.ts";
import { cloudUuidOf, type InterfaceView, macsOf, type NetworkView } from "../network-view.ts";
import { referredUuids } from "../references.ts";
import type { Difference } from "./difference.ts";
import { UnknownIndex } from "./unknown-index.ts";

/**
 * Keeps what CloudStack has, or may have, all the same: ports that it has in another network, or of its own machines, and
 * what could be an item that is not understood.
 */
export class Keeper {
  readonly #unknown: UnknownIndex;
  /** Why a list is missing; undefined where none is. */
  readonly #missing: string | undefined;
  /** NICs of users' machines. */
  readonly #nics: ReadonlySet<string>;
  readonly #systemNics: ReadonlySet<string>;
  readonly #systemMacs: ReadonlySet<string>;
  readonly #systemMachines: ReadonlySet<string>;

  constructor({ nics, system, unknown, missing }: Pick<Cloud, "nics" | "system" | "unknown" | "missing">) {
    this.#unknown = new UnknownIndex(unknown);
    this.#missing = missing[0]?.problem;
    this.#nics = new Set(nics.map(({ uuid }) => uuid));
    this.#systemNics = new Set(system.flatMap(({ uuid }) => uuid ?? []));
    this.#systemMacs = new Set(system.flatMap(({ mac }) => mac ?? []));
    this.#systemMachines = new Set(system.map(({ machineUuid }) => machineUuid));
  }

  /** The differences of a network without what is in use, and with what may be in use held. view: as they were found in. */
  ofNetwork(differences: readonly Difference[], view: NetworkView): readonly Difference[] {
    if (differences.every(({ action }) => action !== "remove")) return differences;
    const ports = new Map(view.interfaces.map((port) => [String(port.vmi.uuid), port]));
    return differences.flatMap((difference) => {
      if (difference.action !== "remove") return [difference];
      const port = ports.get(difference.uuid);
      if (port === undefined) return [held(difference, this.#network(view))];
      return this.#isListed(port) ? [] : [held(difference, this.#port(port))];
    });
  }

  /** The same of domains, projects, and machines that nothing refers to. */
  ofObjects(differences: readonly Difference[]): readonly Difference[] {
    return differences.flatMap((difference) => {
      const { action, type, uuid } = difference;
      if (action !== "remove") return [difference];
      return this.#systemMachines.has(uuid) ? [] : [held(difference, this.#unknown.mayBe(type, uuid))];
    });
  }

  /** True for a port of which it is not sure in which network CloudStack has it, or whether it has it at all. */
  isUnsure(port: InterfaceView): boolean {
    return this.#isOfSystem(port) || this.#port(port) !== undefined;
  }

  /** No port goes with a network that may not go by itself. One that was made before CloudStack told its uuid may be any. */
  #network({ network, interfaces }: NetworkView): string | undefined {
    const unknown = this.#unknown.mayBe("virtual-network", cloudUuidOf(network));
    if (unknown !== undefined) return unknown;
    if (interfaces.some((port) => this.#isOfUser(port))) return "CloudStack has ports of it in another network";
    if (interfaces.some((port) => this.#isOfSystem(port))) return "it has a port of a machine of CloudStack's own";
    return interfaces.map((port) => this.#port(port)).find((why) => why !== undefined);
  }

  /** By its uuid. Of a MAC address alone it is not sure whose port it is. */
  #isListed(port: InterfaceView): boolean {
    return this.#isOfUser(port) || this.#systemNics.has(String(port.vmi.uuid));
  }

  #isOfUser({ vmi }: InterfaceView): boolean {
    return this.#nics.has(String(vmi.uuid));
  }

  #isOfSystem({ vmi }: InterfaceView): boolean {
    return this.#systemNics.has(String(vmi.uuid)) || this.#hasSystemMac(vmi);
  }

  #hasSystemMac(vmi: InterfaceView["vmi"]): boolean {
    return macsOf(vmi).some((mac) => this.#systemMacs.has(mac.toLowerCase()));
  }

  /** Ports of CloudStack's own machines have no machine in the configuration: nobody gives them user data. */
  #port({ vmi }: InterfaceView): string | undefined {
    if (this.#hasSystemMac(vmi)) return "a machine of CloudStack's own has its MAC address";
    const machine = referredUuids(vmi, "virtual_machine_refs")[0] ?? annotationsOf(vmi).get(KEYS.leavingMachine);
    const unknown = this.#unknown.mayBePort(String(vmi.uuid), machine);
    return unknown ?? (machine === undefined ? this.#missing : undefined);
  }
}

function held(difference: Difference, why: string | undefined): Difference {
  return why === undefined ? difference : { ...difference, held: why };
}
