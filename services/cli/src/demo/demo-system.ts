import type { CallBounds } from "@contrail/machine";
import type { VncClient } from "@contrail/vnc-client";
import type { Cloud } from "../supervisor/cloud.ts";

/** A node that can be ended and started again. */
export interface DemoNode {
  /** Ends it at once, as a fault would. */
  kill(): Promise<void>;
  /** Resolves when it serves. */
  start(): Promise<void>;
}

/** What the demonstration needs of a running system: two hosts, control nodes, a configuration node, DevCloud. */
export interface DemoSystem {
  readonly vnc: VncClient;
  readonly cloud: Cloud;
  /** Aborted when the system begins to stop. */
  readonly stopping: AbortSignal;
  /** Runs work that a stop waits for. */
  track<T>(work: () => Promise<T>): Promise<T>;
  introspect(node: string, page: string, bounds?: CallBounds): Promise<unknown>;
  node(name: string): DemoNode;
}
