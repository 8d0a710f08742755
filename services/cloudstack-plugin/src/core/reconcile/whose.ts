import type { CloudNic } from "../cloud.ts";
import type { InterfaceView } from "../network-view.ts";
import type { SystemNic } from "../system-nics.ts";

/** NICs that CloudStack has in one network. */
export interface NicsOfNetwork {
  readonly nics: readonly CloudNic[];
  /** Those of routers and load balancers of CloudStack's own. */
  readonly system: readonly SystemNic[];
}

/**
 * Whose the ports of a provisional network are: "own" where all of them are the given network's, also where there are none;
 * "unsure" where one may be that is not; else "others", and the ones that are its own are to be moved out of it. One stranger
 * is enough: nobody is named the owner of a network in which others are. mayBe: true for a port that may be of any network.
 */
export function whosePorts(
  ports: readonly InterfaceView[],
  { nics, system }: NicsOfNetwork,
  mayBe: (port: InterfaceView) => boolean,
): "own" | "others" | "unsure" {
  const own = new Set([...nics, ...system].map(({ uuid }) => uuid));
  const strangers = ports.filter(({ vmi }) => !own.has(String(vmi.uuid)));
  if (strangers.length === 0) return "own";
  return strangers.some(mayBe) ? "unsure" : "others";
}
