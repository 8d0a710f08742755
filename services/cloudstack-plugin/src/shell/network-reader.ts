import { ContrailError } from "@contrail/errors";
import { contradicts, isElsewhere, isProvisional, portsOf, withoutFormer } from "../core/network-number.ts";
import type { NetworkView } from "../core/network-view.ts";
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
  /** True for one that begins or ends a network's life, or goes on with it after a restart. */
  readonly isRare: boolean;
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
   * the network that has it; a command that only takes away then sees none.
   */
  async read(question: Omit<Question, "cloudUuid">, caller: Caller): Promise<NetworkView> {
    return { ...(await this.#read(question, caller)), sentUuid: caller.uuid };
  }

  async #read(question: Omit<Question, "cloudUuid">, caller: Caller): Promise<NetworkView> {
    const { payload, uuid } = caller;
    const view = { ...(await this.#configuration.read({ ...question, cloudUuid: uuid })), cloudUuid: uuid };
    if (view.network === undefined) return view;
    if (uuid !== undefined) return this.#proven(view, question, { ...caller, uuid });
    const speaksAgainst = contradicts(payload, view.network);
    if (!caller.isRare && !speaksAgainst) return view;
    const learned = await this.#identities.uuidOf(payload);
    if (learned !== undefined) return this.#read(question, { ...caller, uuid: learned });
    return speaksAgainst ? unproven(view, caller) : view;
  }

  /**
   * Ports of a provisional network may be another tenant's: CloudStack tells. One without ports is nobody's, and no reason to
   * be in a network that another tenant may have shared.
   */
  async #proven(
    view: NetworkView,
    question: Omit<Question, "cloudUuid">,
    caller: Caller & { readonly uuid: string },
  ): Promise<NetworkView> {
    const { network } = view;
    if (!isProvisional(network)) return view;
    const ports = portsOf(network);
    if (ports.length === 0) return withoutFormer(view, question.interfaces);
    const { payload, uuid } = caller;
    const identity = await this.#identities.ofPorts(payload, uuid, ports);
    if (identity === "others") return withoutFormer(view, question.interfaces);
    if (identity === undefined && isElsewhere(payload, network)) return unproven(view, caller);
    return { ...view, identity };
  }
}

/** What only takes away has nothing to take away, not even from a NIC that is known; all else is refused. */
function unproven(view: NetworkView, { payload: { network_id: networkId }, clears }: Caller): NetworkView {
  if (clears) return withoutFormer(view, "all");
  const object = `virtual-network ${String(view.network?.uuid)}`;
  const message = `${object} has number ${networkId}, but seems to be another network of CloudStack's, whose API does not tell`;
  throw new ContrailError("cloudstack.conflict", message, { fields: { object, isAnother: true } });
}
