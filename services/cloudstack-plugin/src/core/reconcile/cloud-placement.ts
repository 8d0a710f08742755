import type { Cloud, CloudNetwork } from "../cloud.ts";
import type { NicsOfNetwork } from "./whose.ts";

/** Which NICs CloudStack has where. */
export class CloudPlacement {
  readonly #byNetwork = new Map<
    string,
    { readonly nics: Cloud["nics"][number][]; readonly system: Cloud["system"][number][] }
  >();
  readonly #networkOf = new Map<string, string>();
  readonly #networks: ReadonlySet<string>;

  constructor({ networks, nics, system }: Pick<Cloud, "networks" | "nics" | "system">) {
    this.#networks = new Set(networks.map(({ uuid }) => uuid));
    for (const nic of nics) {
      this.#of(nic.networkUuid).nics.push(nic);
      this.#networkOf.set(nic.uuid, nic.networkUuid);
    }
    for (const nic of system) {
      if (nic.networkUuid === undefined) continue;
      this.#of(nic.networkUuid).system.push(nic);
      if (nic.uuid !== undefined) this.#networkOf.set(nic.uuid, nic.networkUuid);
    }
  }

  /** True for a network that CloudStack has. */
  hasNetwork(uuid: string): boolean {
    return this.#networks.has(uuid);
  }

  inNetwork({ uuid }: Pick<CloudNetwork, "uuid">): NicsOfNetwork {
    return this.#byNetwork.get(uuid) ?? NOTHING;
  }

  /** The uuid of the network that a NIC is in; undefined where CloudStack does not tell. */
  networkOf(nicUuid: string): string | undefined {
    return this.#networkOf.get(nicUuid);
  }

  #of(networkUuid: string) {
    const known = this.#byNetwork.get(networkUuid) ?? { nics: [], system: [] };
    this.#byNetwork.set(networkUuid, known);
    return known;
  }
}

const NOTHING: NicsOfNetwork = { nics: [], system: [] };
