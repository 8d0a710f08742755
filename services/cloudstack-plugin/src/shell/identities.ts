import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { CloudNetwork } from "../core/cloud.ts";
import type { NetworkIdentity } from "../core/network-view.ts";
import type { NetworkPayload } from "../core/payload.ts";
import type { CloudReader } from "./cloud-reader.ts";
import type { OwnerDirectory } from "./owner-directory.ts";

/** Tells who a network is for CloudStack's API, whose payloads have but a database number. */
export class Identities {
  readonly #cloud: CloudReader | undefined;
  readonly #owners: OwnerDirectory;
  readonly #logger: Logger;

  /** cloud undefined: the plugin has no key of CloudStack's API. */
  constructor(cloud: CloudReader | undefined, owners: OwnerDirectory, logger: Logger) {
    this.#cloud = cloud;
    this.#owners = owners;
    this.#logger = logger;
  }

  /**
   * The identity of the network of a payload, its project made where that is missing. Never rejects for CloudStack's sake:
   * undefined where it does not answer, or where more than one network could be meant. The reconciler mends that later.
   */
  async ofPayload(payload: NetworkPayload): Promise<NetworkIdentity | undefined> {
    if (this.#cloud === undefined) return undefined;
    try {
      const network = await this.#find(this.#cloud, payload);
      return network === undefined ? undefined : await this.of(network);
    } catch (reason) {
      const { code, message } = ContrailError.from(reason);
      if (!code.startsWith("cloudstack.")) throw reason;
      this.#logger.warn("CloudStack does not tell who a network is; the reconciler will", {
        networkId: payload.network_id,
        code,
        reason: message,
      });
      return undefined;
    }
  }

  /** The identity of a network of the API; undefined where its owner is gone. */
  async of(network: CloudNetwork): Promise<NetworkIdentity | undefined> {
    const owner = await this.#cloud?.owner(network);
    if (owner === undefined) return undefined;
    const { uuid, name } = network;
    return { uuid, name, project: await this.#owners.project(owner), projectUuid: owner.uuid };
  }

  /**
   * CloudStack takes database numbers for uuids in the commands that are older than its version 3, and listNetworks is one.
   * What is found that way must fit the payload. A server that does not take them is asked for what is being implemented.
   */
  async #find(cloud: CloudReader, payload: NetworkPayload): Promise<CloudNetwork | undefined> {
    const byNumber = await cloud.network(payload.network_id);
    if (byNumber !== undefined && fits(byNumber, payload)) return byNumber;
    const underWay = await cloud.underWay();
    const [named] = underWay.filter(({ networkId }) => networkId === payload.network_id);
    if (named !== undefined) return named;
    const candidates = underWay.filter((network) => network.networkId === undefined && fits(network, payload));
    return candidates.length === 1 ? candidates[0] : undefined;
  }
}

function fits(network: CloudNetwork, { network_id: networkId, cidr, gateway }: NetworkPayload): boolean {
  const same = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || a === b;
  return same(network.networkId, networkId) && same(network.cidr, cidr) && same(network.gateway, gateway);
}
