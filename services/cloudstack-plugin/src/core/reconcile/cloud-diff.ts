import type { JsonObject } from "@contrail/schema";
import { annotationsOf, KEYS } from "../annotations.ts";
import type { Cloud, CloudNetwork, CloudNic } from "../cloud.ts";
import { numberOf } from "../network-index.ts";
import { givenNumber } from "../network-number.ts";
import { cloudUuidOf, type InterfaceView, type NetworkIdentity } from "../network-view.ts";
import { referredUuids } from "../references.ts";
import { CloudOwners } from "./cloud-owners.ts";
import { CloudPlacement } from "./cloud-placement.ts";
import { type Difference, findingOf, type NetworkFindings } from "./difference.ts";
import { Keeper } from "./keeper.ts";
import { diffNetwork } from "./network-diff.ts";
import { type ActualOwners, diffOwners } from "./owner-diff.ts";
import { pairedNetworks } from "./pairing.ts";
import type { NicsOfNetwork } from "./whose.ts";

/** What the configuration has of CloudStack's, at one time. */
export interface Snapshot extends ActualOwners {
  /** Networks that the plugin made. */
  readonly networks: readonly JsonObject[];
  /** Interfaces that the plugin made. */
  readonly interfaces: readonly InterfaceView[];
  /** Every machine, by uuid. */
  readonly machines: ReadonlyMap<string, JsonObject>;
}

/** All differences, in the order in which they are to be settled. */
export interface CloudDifferences {
  readonly owners: readonly Difference[];
  readonly networks: readonly NetworkFindings[];
  /** Machines that nothing refers to. */
  readonly machines: readonly Difference[];
}

/** Compares all of CloudStack with all that the configuration has of it. Neither is changed. */
export function diffCloud(cloud: Cloud, snapshot: Snapshot): CloudDifferences {
  const { differences, projects } = diffOwners(cloud, snapshot);
  const keeper = new Keeper(cloud);
  const owners = new CloudOwners(cloud.owners);
  const placement = new CloudPlacement(cloud);
  const ports = Map.groupBy(snapshot.interfaces, ({ vmi }) => networkOf(vmi));
  const byUuid = new Map(snapshot.interfaces.map((port) => [String(port.vmi.uuid), port]));
  const numbers = new Map(snapshot.networks.map((network) => [String(network.uuid), numberOf(network)]));
  const portsOf = (network: JsonObject) => ports.get(String(network.uuid)) ?? [];
  const mayBe = (port: InterfaceView) => keeper.isUnsure(port);
  const pairs = pairedNetworks(cloud.networks, { networks: snapshot.networks, portsOf, placement, mayBe });
  const networks = pairs.map(({ wanted, network, former }): NetworkFindings => {
    const networkId = wanted?.networkId ?? numberOf(network) ?? "";
    const whole = wanted === undefined ? undefined : { network: wanted, owners, ...placement.inNetwork(wanted) };
    const view = {
      network,
      former,
      interfaces: network === undefined ? [] : portsOf(network),
      misplaced: whole === undefined ? [] : misplacedPorts(whole, network, byUuid),
      machines: snapshot.machines,
      identity: wanted === undefined ? undefined : identityOf(wanted, owners, projects),
    };
    const from = view.misplaced.flatMap(({ vmi }) => networkOf(vmi) ?? []);
    const changing = [networkId, numberOf(network), ...from.map((uuid) => numbers.get(uuid))];
    return {
      networkId,
      cloudUuid: wanted?.uuid ?? cloudUuidOf(network),
      surplus: wanted === undefined ? String(network?.uuid) : undefined,
      from,
      numbers: [...new Set(changing.flatMap((one) => (one === undefined ? [] : givenNumber(one))))].toSorted(),
      findings: keeper.ofNetwork(diffNetwork(networkId, whole, view), view).map(findingOf),
    };
  });
  return {
    owners: keeper.ofObjects(differences),
    networks: networks.filter(({ findings }) => findings.length > 0),
    machines: keeper.ofObjects(unusedMachines(cloud.nics, snapshot)),
  };
}

/** The identity of a network; undefined where its owner is not in the lists, which happens when it is new. */
function identityOf(
  network: CloudNetwork,
  owners: CloudOwners,
  projects: ReadonlyMap<string, readonly string[]>,
): NetworkIdentity | undefined {
  const owner = owners.of(network);
  const project = owner === undefined ? undefined : projects.get(owner.uuid);
  if (owner === undefined || project === undefined) return undefined;
  return { uuid: network.uuid, name: network.name, project, projectUuid: owner.uuid };
}

/** Ports that CloudStack has in a network, and that are in another one, or in none. */
function misplacedPorts(
  { nics, system }: NicsOfNetwork,
  network: JsonObject | undefined,
  ports: ReadonlyMap<string, InterfaceView>,
): readonly InterfaceView[] {
  const own = [...nics, ...system].flatMap(({ uuid }) => ports.get(uuid ?? "") ?? []);
  return own.filter(({ vmi }) => networkOf(vmi) === undefined || networkOf(vmi) !== network?.uuid);
}

function networkOf(vmi: JsonObject): string | undefined {
  return referredUuids(vmi, "virtual_network_refs")[0];
}

function unusedMachines(nics: readonly CloudNic[], { machines, interfaces }: Snapshot): readonly Difference[] {
  const used = new Set([
    ...nics.map(({ machineUuid }) => machineUuid),
    ...interfaces.flatMap(({ vmi }) => referredUuids(vmi, "virtual_machine_refs")),
  ]);
  const unused = [...machines].filter(([uuid, machine]) => annotationsOf(machine).has(KEYS.machine) && !used.has(uuid));
  return unused.map(([uuid]) => ({
    action: "remove",
    type: "virtual-machine",
    uuid,
    name: uuid,
    reason: "CloudStack has no such machine, and no port refers to it",
    writes: [{ kind: "remove", type: "virtual-machine", uuid, unlessUsed: true }],
  }));
}
