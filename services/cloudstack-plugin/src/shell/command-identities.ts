import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { CloudNetwork } from "../core/cloud.ts";
import type { NetworkIdentity } from "../core/network-view.ts";
import type { NetworkPayload } from "../core/payload.ts";
import type { CloudReader } from "./cloud-reader.ts";
import { Identities } from "./identities.ts";
import { inTime } from "./in-time.ts";
import type { OwnerDirectory } from "./owner-directory.ts";
import { Pauses } from "./pauses.ts";

/** A command waits for all answers of CloudStack to one question no longer than this. */
const DEADLINE_MS = 5_000;

/** What a command's questions work with. */
export interface QuestionParts {
  /** A reader whose calls are refused once the signal has aborted; undefined: the plugin has no key of CloudStack's API. */
  readonly cloud: ((signal: AbortSignal) => CloudReader) | undefined;
  readonly owners: OwnerDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Asks CloudStack's API who a network is, for commands, whose payloads have but a database number. Never rejects for
 * CloudStack's sake: undefined is an API that does not tell, and the reconciler mends that later.
 */
export class CommandIdentities {
  readonly #parts: QuestionParts;
  readonly #pauses: Pauses;

  constructor(parts: QuestionParts) {
    this.#parts = parts;
    this.#pauses = new Pauses(parts.clock);
  }

  /** The identity of a network that is to be made, its project made where that is missing. uuid: where that is known. */
  async ofPayload(payload: NetworkPayload, uuid: string | undefined): Promise<NetworkIdentity | undefined> {
    if (this.#pauses.isPaused(payload.network_id)) return undefined;
    return this.#ask(payload, async (cloud) => {
      const network = await (uuid === undefined ? sure(cloud, payload) : cloud.network(uuid));
      if (network === undefined) return undefined;
      return new Identities(cloud, this.#parts.owners).of(network, payload.network_id);
    });
  }

  /** The uuid of the network that has a payload's number for sure. Asked so often that a question without answer pauses it. */
  async uuidOf(payload: NetworkPayload): Promise<string | undefined> {
    const { network_id: networkId } = payload;
    if (this.#pauses.isPaused(networkId)) return undefined;
    const found = await this.#ask(payload, (cloud) => sure(cloud, payload));
    if (found === undefined) this.#pauses.pause(networkId);
    return found?.uuid;
  }

  /** The identity of the network of a uuid that all of these NICs are in; "others" where one is not. */
  async ofPorts(
    payload: NetworkPayload,
    uuid: string,
    nicUuids: readonly string[],
  ): Promise<NetworkIdentity | "others" | undefined> {
    if (this.#pauses.isPaused(payload.network_id)) return undefined;
    return this.#ask(payload, async (cloud) => {
      const [network, { nics, unknown }] = [await cloud.network(uuid), await cloud.nics(uuid)];
      const own = new Set(nics.map((nic) => nic.uuid));
      const isOwn = nicUuids.every((nic) => own.has(nic)) || (await isWithSystem(cloud, uuid, nicUuids, own));
      // What is not understood may be one of these NICs.
      if (isOwn !== true) return isOwn === false && unknown.length === 0 ? "others" : undefined;
      return network === undefined
        ? undefined
        : new Identities(cloud, this.#parts.owners).of(network, payload.network_id);
    });
  }

  async #ask<T>(
    { network_id: networkId }: NetworkPayload,
    work: (cloud: CloudReader) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { cloud, clock, logger } = this.#parts;
    if (cloud === undefined) return undefined;
    try {
      const told = await inTime({ clock, ms: DEADLINE_MS, late: silent }, (signal) => work(cloud(signal)));
      this.#pauses.answered();
      return told;
    } catch (reason) {
      const { code, message } = ContrailError.from(reason);
      if (!code.startsWith("cloudstack.")) throw reason;
      if (code === "cloudstack.unavailable") this.#pauses.pauseAll();
      else this.#pauses.pause(networkId);
      const fields = { networkId, code, reason: message };
      logger.warn("CloudStack does not tell who a network is; the reconciler will", fields);
      return undefined;
    }
  }
}

function silent(): ContrailError {
  const message = `CloudStack's API has not answered in ${DEADLINE_MS / 1_000} s`;
  return new ContrailError("cloudstack.unavailable", message);
}

/**
 * True where NICs that no machine of a user has are those of routers and load balancers of the network. undefined where
 * CloudStack does not tell, and some of the NICs are the network's.
 */
async function isWithSystem(
  cloud: CloudReader,
  uuid: string,
  nicUuids: readonly string[],
  own: ReadonlySet<string>,
): Promise<boolean | undefined> {
  const { nics, unknown, missing } = await cloud.systemNics(uuid);
  const all = new Set([...own, ...nics.flatMap((nic) => (nic.networkUuid === uuid ? (nic.uuid ?? []) : []))]);
  if (nicUuids.every((nic) => all.has(nic))) return true;
  const isMixed = nicUuids.some((nic) => all.has(nic));
  return isMixed && unknown.length + missing.length > 0 ? undefined : false;
}

/**
 * The network that has a payload's number. CloudStack takes database numbers for uuids in the commands that are older than
 * its version 3, and listNetworks is one. What is found that way must fit the payload. A server that does not take them is
 * asked for the network whose URI has the number: which of those without one it may be is not guessed.
 */
async function sure(cloud: CloudReader, payload: NetworkPayload): Promise<CloudNetwork | undefined> {
  const byNumber = await cloud.network(payload.network_id);
  if (byNumber !== undefined && fits(byNumber, payload)) return byNumber;
  return (await cloud.numbered()).find(({ networkId }) => networkId === payload.network_id);
}

function fits(network: CloudNetwork, { network_id: networkId, cidr, gateway }: NetworkPayload): boolean {
  const same = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || a === b;
  return same(network.networkId, networkId) && same(network.cidr, cidr) && same(network.gateway, gateway);
}
