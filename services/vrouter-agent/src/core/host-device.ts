import type { HostSettings } from "@contrail/forwarding";

/** True for a device of the host's own: a machine's program on it would cut the host off, or itself. */
export function isHostDevice({ underlayDevice, puntDevice }: HostSettings, device: string): boolean {
  return device === underlayDevice || device === puntDevice || device === "lo";
}
