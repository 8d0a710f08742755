import type { CloudNetwork } from "../core/cloud.ts";
import type { NetworkIdentity } from "../core/network-view.ts";
import type { CloudReader } from "./cloud-reader.ts";
import type { OwnerDirectory } from "./owner-directory.ts";

/** Tells who a network of CloudStack's API is in the configuration. */
export class Identities {
  readonly #cloud: Pick<CloudReader, "owner">;
  readonly #owners: OwnerDirectory;

  constructor(cloud: Pick<CloudReader, "owner">, owners: OwnerDirectory) {
    this.#cloud = cloud;
    this.#owners = owners;
  }

  /**
   * The identity of a network, its project made where that is missing; undefined where its owner is gone. networkId: its
   * database number, where the network does not tell it yet.
   */
  async of(network: CloudNetwork, networkId = network.networkId): Promise<NetworkIdentity | undefined> {
    const owner = await this.#cloud.owner(network);
    if (owner === undefined) return undefined;
    const { uuid, name } = network;
    const project = await this.#owners.project(owner);
    const identity = { uuid, name, project, projectUuid: owner.uuid };
    if (networkId === undefined) return identity;
    return { ...identity, networkName: await this.#owners.freeName(project, networkId, uuid) };
  }
}
