import { interfaceOfLinkLocal } from "@contrail/forwarding";
import { parseInetAddress } from "@contrail/net";
import type { ActivePort } from "../core/active-port.ts";
import type { DesiredState } from "../core/desired-state.ts";

/** Active ports by the number of their interface, as the agent has computed them last. */
export class PortDirectory {
  readonly #state: () => DesiredState;
  #of: DesiredState | undefined;
  #ports = new Map<number, ActivePort>();

  constructor(state: () => DesiredState) {
    this.#state = state;
  }

  byInterface(id: number): ActivePort | undefined {
    const state = this.#state();
    if (state !== this.#of) {
      this.#of = state;
      this.#ports = new Map(
        state.ports.flatMap(({ interfaceId, active }) =>
          interfaceId === undefined || active === undefined ? [] : [[interfaceId, active]],
        ),
      );
    }
    return this.#ports.get(id);
  }

  /** The interface that the data plane knows by a link-local address ("169.254.128.7"). */
  byLinkLocal(text: string): ActivePort | undefined {
    const address = parseInetAddress(text);
    const id = address === undefined ? undefined : interfaceOfLinkLocal(address);
    return id === undefined ? undefined : this.byInterface(id);
  }
}
