import { ApiError } from "./api-error.ts";
import type { HostRow, MachineRow } from "./rows.ts";
import { memoryAllocated } from "./views/infrastructure-view.ts";
import { need, type World } from "./world.ts";

/** The host that a machine starts on: the wanted one, or where it was, or the emptiest; throws ApiError 533 where none has room. */
export function placeMachine(world: World, machine: MachineRow, wanted: string | undefined): HostRow {
  const offering = need(world, "serviceOffering", machine.offering);
  const bytes = offering.memoryMiB * 1024 * 1024;
  const avoided = hostsOfRivals(world, machine);
  const fitting = [...world.all("host")].filter(
    (host) =>
      host.memoryBytes - memoryAllocated(world, host) >= bytes && host.cpus >= offering.cpus && !avoided.has(host.uuid),
  );
  const allowed = wanted === undefined ? fitting : fitting.filter(({ uuid }) => uuid === wanted);
  const before = wanted === undefined ? allowed.find(({ uuid }) => uuid === machine.lastHost) : undefined;
  const emptiest = allowed.toSorted((a, b) => count(world, a) - count(world, b) || a.number - b.number)[0];
  const host = before ?? emptiest;
  if (host !== undefined) return host;
  const dump = JSON.stringify({
    id: machine.number,
    instanceName: machine.instanceName,
    state: machine.state,
    type: "User",
    uuid: machine.uuid,
  });
  throw new ApiError(533, `No destination found for a deployment for VM instance ${dump}`);
}

function count(world: World, host: HostRow): number {
  return world.where("machine", "host", host.uuid).length;
}

/** Hosts with machines of the same "host anti-affinity" group. */
function hostsOfRivals(world: World, machine: MachineRow): ReadonlySet<string> {
  const groups = machine.affinityGroups.filter(
    (uuid) => world.find("affinityGroup", uuid)?.type === "host anti-affinity",
  );
  if (groups.length === 0) return new Set();
  const rivals = world
    .where("machine", "account", machine.account)
    .filter(
      ({ uuid, affinityGroups }) => uuid !== machine.uuid && affinityGroups.some((group) => groups.includes(group)),
    );
  return new Set(rivals.flatMap(({ host }) => (host === undefined ? [] : [host])));
}
