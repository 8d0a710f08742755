import type { ActivePort } from "../core/active-port.ts";
import { type NetworkNames, networkNames } from "../core/network-names.ts";
import type { Agent } from "./agent.ts";

/** The names of each network, collected anew when the agent knows something else. */
export class NameDirectory {
  readonly #agent: Pick<Agent, "state" | "view">;
  #of: unknown;
  readonly #names = new Map<string, NetworkNames>();

  constructor(agent: Pick<Agent, "state" | "view">) {
    this.#agent = agent;
  }

  namesOf({ network }: ActivePort): NetworkNames {
    if (this.#of !== this.#agent.state) this.#names.clear();
    this.#of = this.#agent.state;
    const names = this.#names.get(network.uuid) ?? networkNames(this.#agent.view, network);
    this.#names.set(network.uuid, names);
    return names;
  }
}
