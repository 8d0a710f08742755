import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { CloudNetwork } from "../core/cloud.ts";
import type { NetworkIdentity } from "../core/network-view.ts";
import type { NetworkPayload } from "../core/payload.ts";
import type { CloudReader } from "./cloud-reader.ts";
import { Identities } from "./identities.ts";
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
  ofPayload(payload: NetworkPayload, uuid: string | undefined): Promise<NetworkIdentity | undefined> {
    return this.#ask(payload, async (cloud) => {
      const network = uuid === undefined ? await find(cloud, payload) : await cloud.network(uuid);
      if (network === undefined) return undefined;
      return new Identities(cloud, this.#parts.owners).of(network, payload.network_id);
    });
  }

  /** The uuid of the network that has a payload's number for sure. Asked so often that a question without answer pauses it. */
  async uuidOf(payload: NetworkPayload): Promise<string | undefined> {
    const { network_id: networkId } = payload;
    if (this.#pauses.isPaused(networkId)) return undefined;
    const found = await this.#ask(payload, async (cloud) => (await asked(cloud, payload)).sure);
    if (found === undefined) this.#pauses.pause(networkId);
    return found?.uuid;
  }

  /** The identity of the network of a uuid that one of these NICs is in; "others" where none is. */
  async ofPorts(
    payload: NetworkPayload,
    uuid: string,
    nicUuids: readonly string[],
  ): Promise<NetworkIdentity | "others" | undefined> {
    if (this.#pauses.isPaused(payload.network_id)) return undefined;
    return this.#ask(payload, async (cloud) => {
      const [network, { nics, unknown }] = [await cloud.network(uuid), await cloud.nics(uuid)];
      // What is not understood may be one of these NICs.
      if (!nics.some((nic) => nicUuids.includes(nic.uuid))) return unknown.length === 0 ? "others" : undefined;
      return network === undefined
        ? undefined
        : new Identities(cloud, this.#parts.owners).of(network, payload.network_id);
    });
  }

  async #ask<T>(
    { network_id: networkId }: NetworkPayload,
    work: (cloud: CloudReader) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { cloud, logger } = this.#parts;
    if (cloud === undefined) return undefined;
    try {
      return await this.#inTime((signal) => work(cloud(signal)));
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

  /** What goes on after the deadline asks nothing more. */
  async #inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = this.#parts.clock.setTimer(DEADLINE_MS, () => {
      const message = `CloudStack's API has not answered in ${DEADLINE_MS / 1_000} s`;
      const reason = new ContrailError("cloudstack.unavailable", message);
      late.abort(reason);
      reject(reason);
    });
    try {
      return await Promise.race([work(late.signal), promise]);
    } finally {
      timer.cancel();
    }
  }
}

/**
 * CloudStack takes database numbers for uuids in the commands that are older than its version 3, and listNetworks is one.
 * What is found that way must fit the payload. A server that does not take them is asked for what is being implemented.
 */
async function find(cloud: CloudReader, payload: NetworkPayload): Promise<CloudNetwork | undefined> {
  const { sure, underWay } = await asked(cloud, payload);
  if (sure !== undefined) return sure;
  const candidates = underWay.filter((network) => network.networkId === undefined && fits(network, payload));
  return candidates.length === 1 ? candidates[0] : undefined;
}

interface Asked {
  /** Known by its number, or by the URI that has it. */
  readonly sure: CloudNetwork | undefined;
  readonly underWay: readonly CloudNetwork[];
}

async function asked(cloud: CloudReader, payload: NetworkPayload): Promise<Asked> {
  const byNumber = await cloud.network(payload.network_id);
  if (byNumber !== undefined && fits(byNumber, payload)) return { sure: byNumber, underWay: [] };
  const underWay = await cloud.underWay();
  return { sure: underWay.find(({ networkId }) => networkId === payload.network_id), underWay };
}

function fits(network: CloudNetwork, { network_id: networkId, cidr, gateway }: NetworkPayload): boolean {
  const same = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || a === b;
  return same(network.networkId, networkId) && same(network.cidr, cidr) && same(network.gateway, gateway);
}
