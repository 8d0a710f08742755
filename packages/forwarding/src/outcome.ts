import type { DropReason } from "./drop-reason.ts";

/** What leaves the data plane, and where. */
export type Output =
  /** An Ethernet frame for a machine. */
  | { readonly kind: "interface"; readonly interface: number; readonly device: string; readonly frame: Uint8Array }
  /** An IPv4 packet, without Ethernet, for the host's own routing table. */
  | { readonly kind: "underlay"; readonly packet: Uint8Array }
  /** A frame for the agent, on the punt device. */
  | { readonly kind: "punt"; readonly device: string; readonly frame: Uint8Array };

/** The fate of one frame. Outputs and a drop reason stand together where a dropped packet is punted as well. */
export interface Outcome {
  readonly outputs: readonly Output[];
  readonly drop?: DropReason;
  /** True where the frame is none of the data plane's business: the host's stack gets it. */
  readonly toHost?: true;
}

/** What the kernel knows about a frame that is not in its bytes. */
export interface Offload {
  /** Payload bytes of each segment that a large frame stands for; 0 or absent: the frame is one packet. */
  readonly gsoSizeBytes?: number;
  /** True where the transport checksum field holds the pseudo-header's sum only. */
  readonly partialChecksum?: boolean;
}
