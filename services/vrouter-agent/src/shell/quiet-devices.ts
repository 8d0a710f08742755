import type { HostSettings } from "@contrail/forwarding";
import { interfaceIndex, isolateFromHostStack, watchLinks } from "@contrail/netns";
import type { Logger } from "@contrail/observability";
import { isHostDevice } from "../core/host-device.ts";
import type { Agent } from "./agent.ts";

/**
 * Keeps the host's own stack from answering on the devices of ports: the data plane filters a device from when its
 * configuration is there, which for a port that waits is later, or never.
 */
export class QuietDevices {
  readonly #agent: Agent;
  readonly #settings: HostSettings;
  readonly #logger: Logger;
  /** Index of each device that is quiet; another device of the same name has another one. */
  readonly #quiet = new Map<string, number>();
  readonly #stopWatching: () => void;

  constructor(agent: Agent, settings: HostSettings, logger: Logger) {
    this.#agent = agent;
    this.#settings = settings;
    this.#logger = logger;
    this.#stopWatching = watchLinks(() => this.refresh());
    agent.onSubscriptions(() => this.refresh());
    this.refresh();
  }

  /** Looks for devices that have come, and for ports. */
  refresh(): void {
    const wanted = new Set(this.#agent.ports().map((port) => port["system-name"]));
    for (const device of this.#quiet.keys()) if (!wanted.has(device)) this.#quiet.delete(device);
    for (const device of wanted) this.#silence(device);
  }

  close(): void {
    this.#stopWatching();
  }

  #silence(device: string): void {
    const index = isHostDevice(this.#settings, device) ? undefined : interfaceIndex(device);
    if (index === undefined || this.#quiet.get(device) === index) return;
    this.#quiet.set(device, index);
    const failed = isolateFromHostStack(device);
    if (failed.length > 0) this.#logger.warn("the host's stack still sees a machine's device", { device, failed });
  }
}
