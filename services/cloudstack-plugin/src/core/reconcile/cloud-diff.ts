import type { JsonObject } from "@contrail/schema";
import { annotationsOf, KEYS } from "../annotations.ts";
import type { Cloud, CloudNetwork, CloudNic, CloudOwner } from "../cloud.ts";
import { cloudUuidOf, type InterfaceView, type NetworkIdentity } from "../network-view.ts";
import { referredUuids } from "../references.ts";
import { type Difference, findingOf, type NetworkFindings } from "./difference.ts";
import { Keeper } from "./keeper.ts";
import { diffNetwork } from "./network-diff.ts";
import { type ActualOwners, diffOwners } from "./owner-diff.ts";

/** What the configuration has of CloudStack's, at one time. */
export interface Snapshot extends ActualOwners {
  /** Networks that the plugin made. */
  readonly networks: readonly JsonObject[];
  /** Interfaces that the plugin made. */
  readonly interfaces: readonly InterfaceView[];
  /** Every machine; true: the plugin made it. */
  readonly machines: ReadonlyMap<string, boolean>;
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
  const ownerOf = ownersByName(cloud.owners);
  const nics = Map.groupBy(cloud.nics, ({ networkUuid }) => networkUuid);
  const ports = Map.groupBy(snapshot.interfaces, ({ vmi }) => referredUuids(vmi, "virtual_network_refs")[0]);
  const machines = new Set(snapshot.machines.keys());
  const pairs = pairedNetworks(cloud, snapshot, ports);
  const networks = pairs.map(({ wanted, network }): NetworkFindings => {
    const networkId = numberOf(network) ?? wanted?.networkId ?? "";
    const view = {
      network,
      interfaces: network === undefined ? [] : (ports.get(String(network.uuid)) ?? []),
      machines,
      identity: wanted === undefined ? undefined : identityOf(wanted, ownerOf, projects),
    };
    const whole = wanted === undefined ? undefined : { network: wanted, nics: nics.get(wanted.uuid) ?? [] };
    const cloudUuid = wanted?.uuid ?? cloudUuidOf(network);
    const kept = keeper.ofNetwork(diffNetwork(networkId, whole, view), view);
    return { networkId, cloudUuid, findings: kept.map(findingOf) };
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
  ownerOf: (network: CloudNetwork) => CloudOwner | undefined,
  projects: ReadonlyMap<string, readonly string[]>,
): NetworkIdentity | undefined {
  const owner = ownerOf(network);
  const project = owner === undefined ? undefined : projects.get(owner.uuid);
  if (owner === undefined || project === undefined) return undefined;
  return { uuid: network.uuid, name: network.name, project, projectUuid: owner.uuid };
}

function ownersByName(owners: readonly CloudOwner[]): (network: CloudNetwork) => CloudOwner | undefined {
  const key = (domain: string, name: string): string => `${domain} ${name}`;
  const accounts = owners.filter(({ kind }) => kind === "account");
  const byName = new Map(accounts.map((owner) => [key(owner.domain.uuid, owner.name), owner]));
  const byUuid = new Map(owners.map((owner) => [owner.uuid, owner]));
  return ({ projectUuid, domain, ownerName }) =>
    projectUuid === undefined ? byName.get(key(domain.uuid, ownerName)) : byUuid.get(projectUuid);
}

interface Pair {
  readonly wanted: CloudNetwork | undefined;
  readonly network: JsonObject | undefined;
}

/** Each network of either side once, beside its counterpart: by uuid, by number, or by a NIC that is in it. */
function pairedNetworks(
  { networks, nics }: Cloud,
  snapshot: Snapshot,
  ports: ReadonlyMap<string | undefined, readonly InterfaceView[]>,
): readonly Pair[] {
  const byUuid = new Map(networks.map((network) => [network.uuid, network]));
  const byNumber = new Map(
    networks.flatMap((network) => (network.networkId === undefined ? [] : [[network.networkId, network]])),
  );
  const networkOfNic = new Map(nics.map(({ uuid, networkUuid }) => [uuid, networkUuid]));
  const identified = new Set(snapshot.networks.flatMap((network) => cloudUuidOf(network) ?? []));
  const paired = new Set<string>();
  const actual = snapshot.networks.map((network): Pair => {
    const known = cloudUuidOf(network);
    const number = numberOf(network);
    const nic = ports.get(String(network.uuid))?.find(({ vmi }) => networkOfNic.has(String(vmi.uuid)));
    const guessed = byNumber.get(number ?? "") ?? byUuid.get(networkOfNic.get(String(nic?.vmi.uuid)) ?? "");
    const isFree = guessed !== undefined && !identified.has(guessed.uuid) && !paired.has(guessed.uuid);
    const wanted = known !== undefined ? byUuid.get(known) : isFree ? guessed : undefined;
    if (wanted !== undefined) paired.add(wanted.uuid);
    return { wanted, network };
  });
  const missing = networks.filter(({ uuid }) => !paired.has(uuid)).map((wanted) => ({ wanted, network: undefined }));
  return [...actual, ...missing];
}

function numberOf(network: JsonObject | undefined): string | undefined {
  return network === undefined ? undefined : annotationsOf(network).get(KEYS.networkId);
}

function unusedMachines(nics: readonly CloudNic[], { machines, interfaces }: Snapshot): readonly Difference[] {
  const used = new Set([
    ...nics.map(({ machineUuid }) => machineUuid),
    ...interfaces.flatMap(({ vmi }) => referredUuids(vmi, "virtual_machine_refs")),
  ]);
  const unused = [...machines].filter(([uuid, isOurs]) => isOurs && !used.has(uuid));
  return unused.map(([uuid]) => ({
    action: "remove",
    type: "virtual-machine",
    uuid,
    name: uuid,
    reason: "CloudStack has no such machine, and no port refers to it",
    writes: [{ kind: "remove", type: "virtual-machine", uuid, unlessUsed: true }],
  }));
}
