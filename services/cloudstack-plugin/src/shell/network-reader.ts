import { ContrailError } from "@contrail/errors";
import { contradicts, provisionalPorts, withoutFormer } from "../core/network-number.ts";
import { cloudUuidOf, type NetworkView } from "../core/network-view.ts";
import type { NetworkPayload } from "../core/payload.ts";
import type { CommandIdentities } from "./command-identities.ts";
import type { Configuration, Question } from "./configuration.ts";

/** A command that may be the first one of a network. */
export interface Caller {
  readonly payload: NetworkPayload;
  /** CloudStack's uuid of the network; undefined where no ensure-network-device could learn it. */
  readonly uuid: string | undefined;
  /** True for a command that takes away only. */
  readonly clears: boolean;
  /** True for one that begins a network's life, or goes on with it after a restart. */
  readonly begins: boolean;
}

/** Reads what a command is about: never a network that is another tenant's and has the number from another time. */
export class NetworkReader {
  readonly #configuration: Pick<Configuration, "read">;
  readonly #identities: Pick<CommandIdentities, "uuidOf" | "ofPorts">;

  constructor(configuration: Pick<Configuration, "read">, identities: Pick<CommandIdentities, "uuidOf" | "ofPorts">) {
    this.#configuration = configuration;
    this.#identities = identities;
  }

  /**
   * Rejects with "cloudstack.conflict" where CloudStack does not tell whose the number is, and the payload speaks against
   * the network that has it.
   */
  async read(question: Omit<Question, "cloudUuid">, caller: Caller): Promise<NetworkView> {
    const { payload, uuid } = caller;
    const view = await this.#configuration.read({ ...question, cloudUuid: uuid });
    if (view.network === undefined) return view;
    const speaksAgainst = !caller.clears && contradicts(payload, view.network);
    if (uuid !== undefined) return this.#proven(view, question, { ...caller, uuid }, speaksAgainst);
    if (!caller.begins && !speaksAgainst) return view;
    const learned = await this.#identities.uuidOf(payload);
    if (learned !== undefined) return this.read(question, { ...caller, uuid: learned });
    if (speaksAgainst && cloudUuidOf(view.network) !== undefined) throw another(payload, view.network.uuid);
    return view;
  }

  /** Ports of a provisional network may be another tenant's: CloudStack tells. */
  async #proven(
    view: NetworkView,
    question: Omit<Question, "cloudUuid">,
    { payload, uuid, clears }: Caller & { readonly uuid: string },
    speaksAgainst: boolean,
  ): Promise<NetworkView> {
    const ports = view.network === undefined ? [] : provisionalPorts(view.network);
    if (ports.length === 0 || clears) return view;
    const identity = await this.#identities.ofPorts(payload, uuid, ports);
    if (identity === "others") return withoutFormer(view, question.interfaces);
    if (identity === undefined && speaksAgainst) throw another(payload, view.network?.uuid);
    return { ...view, identity };
  }
}

function another({ network_id: networkId }: NetworkPayload, uuid: unknown): ContrailError {
  const object = `virtual-network ${String(uuid)}`;
  const message = `${object} has number ${networkId}, but neither the prefix nor the gateway of this one; CloudStack's API does not tell whose the number is`;
  return new ContrailError("cloudstack.conflict", message, { fields: { object, isAnother: true } });
}
