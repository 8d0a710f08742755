import type { JsonObject } from "@contrail/schema";
import type { CloudNetwork } from "../cloud.ts";
import { NetworkIndex } from "../network-index.ts";
import { isProvisional } from "../network-number.ts";
import type { InterfaceView } from "../network-view.ts";
import type { CloudPlacement } from "./cloud-placement.ts";
import { whosePorts } from "./whose.ts";

/** A network of either side beside its counterpart. */
export interface Pair {
  readonly wanted: CloudNetwork | undefined;
  readonly network: JsonObject | undefined;
  /** Another network that has the wanted one's number. */
  readonly former: JsonObject | undefined;
}

/** What the networks of the configuration are paired by. */
export interface Paired {
  readonly networks: readonly JsonObject[];
  /** Ports of a network, by its uuid. */
  readonly portsOf: (network: JsonObject) => readonly InterfaceView[];
  readonly placement: CloudPlacement;
  /** True for a port that may be of any network. */
  readonly mayBe: (port: InterfaceView) => boolean;
}

/**
 * Each network of either side once, beside its counterpart: by CloudStack's uuid. A provisional one, which has none, is its
 * counterpart by its number, or, where CloudStack tells no number, by its ports, and only where it has nobody else's. What is
 * not sure is in no pair.
 */
export function pairedNetworks(wanted: readonly CloudNetwork[], actual: Paired): readonly Pair[] {
  const index = new NetworkIndex(actual.networks);
  const byPort = provisionalByPort(actual);
  const pairs: Pair[] = [];
  const used = new Set<JsonObject>();
  for (const network of wanted) {
    const numbered = network.networkId === undefined ? undefined : index.ofNumber(network.networkId);
    const counterpart = index.ofUuid(network.uuid) ?? provisional(network, numbered, byPort, actual);
    if (counterpart === "unsure") continue;
    if (counterpart !== undefined) used.add(counterpart);
    pairs.push({ wanted: network, network: counterpart, former: numbered === counterpart ? undefined : numbered });
  }
  const left = actual.networks.filter((network) => !used.has(network));
  return [...pairs, ...left.map((network): Pair => ({ wanted: undefined, network, former: undefined }))];
}

function provisional(
  wanted: CloudNetwork,
  numbered: JsonObject | undefined,
  byPort: ReadonlyMap<string, JsonObject>,
  { portsOf, placement, mayBe }: Paired,
): JsonObject | "unsure" | undefined {
  const candidate = wanted.networkId === undefined ? byPort.get(wanted.uuid) : numbered;
  if (!isProvisional(candidate)) return undefined;
  const whose = whosePorts(portsOf(candidate), placement.inNetwork(wanted), mayBe);
  if (whose === "unsure") return "unsure";
  return whose === "own" ? candidate : undefined;
}

/** Provisional networks by CloudStack's network that one of their ports is in. */
function provisionalByPort({ networks, portsOf, placement }: Paired): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const network of networks.filter(isProvisional)) {
    for (const { vmi } of portsOf(network)) {
      const uuid = placement.networkOf(String(vmi.uuid));
      if (uuid !== undefined && !found.has(uuid)) found.set(uuid, network);
    }
  }
  return found;
}
