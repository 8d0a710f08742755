import { apiDate } from "../date.ts";
import { CLOUDSTACK_VERSION } from "../envelope.ts";
import type { JsonObject } from "../json.ts";
import type { ClusterRow, HostRow, PodRow, ZoneRow } from "../rows.ts";
import { need, type World } from "../world.ts";

/** Name servers of a zone and its guest range are for admins only. */
export function zoneView(zone: ZoneRow, forAdmin: boolean): JsonObject {
  const hidden = forAdmin
    ? { dns1: zone.dns1, dns2: zone.dns2, internaldns1: zone.internaldns1, guestcidraddress: zone.guestCidr }
    : {};
  return {
    id: zone.uuid,
    name: zone.name,
    ...hidden,
    domain: zone.domain,
    networktype: "Advanced",
    securitygroupsenabled: false,
    gputotal: 0,
    gpuused: 0,
    allocationstate: "Enabled",
    zonetoken: zone.uuid,
    dhcpprovider: "VirtualRouter",
    localstorageenabled: false,
    tags: [],
    allowuserspecifyvrmtu: false,
    routerprivateinterfacemaxmtu: 1500,
    routerpublicinterfacemaxmtu: 1500,
    type: "Core",
    isnsxenabled: false,
    ismultiarch: false,
    asnrange: "",
    routedmodeenabled: true,
    hasannotations: false,
  };
}

/** A pod with its range. */
export function podView(world: World, pod: PodRow): JsonObject {
  const zone = need(world, "zone", pod.zone);
  const vlan = "vlan://untagged";
  return {
    id: pod.uuid,
    name: pod.name,
    zoneid: zone.uuid,
    zonename: zone.name,
    gateway: pod.gateway,
    netmask: pod.netmask,
    ipranges: [{ startip: pod.startip, endip: pod.endip, forsystemvms: "0", vlanid: vlan }],
    startip: [pod.startip],
    endip: [pod.endip],
    forsystemvms: ["0"],
    vlanid: [vlan],
    allocationstate: "Enabled",
    hasannotations: false,
  };
}

/** A cluster. */
export function clusterView(world: World, cluster: ClusterRow): JsonObject {
  const pod = need(world, "pod", cluster.pod);
  const zone = need(world, "zone", pod.zone);
  return {
    id: cluster.uuid,
    name: cluster.name,
    podid: pod.uuid,
    podname: pod.name,
    zoneid: zone.uuid,
    zonename: zone.name,
    hypervisortype: HYPERVISOR,
    clustertype: "CloudManaged",
    allocationstate: "Enabled",
    managedstate: "Managed",
    cpuovercommitratio: "1.0",
    memoryovercommitratio: "1.0",
    resourcedetails: { memoryOvercommitRatio: "1.0", cpuOvercommitRatio: "1.0" },
    arch: "x86_64",
    hasannotations: false,
  };
}

/** The hypervisor's name in answers: clients know it, and it says that this is no production. */
export const HYPERVISOR = "Simulator";

const CPU_MHZ = 8_000;
const MANAGEMENT_SERVER = "5d5e35f5-37d6-4483-ac33-2dbc6f25bb2d";

/** id and name of the one management server. */
export const MANAGEMENT_SERVER_VIEW = { managementserverid: MANAGEMENT_SERVER, managementservername: "localhost" };

/** A host; `min` is details=min. */
export function hostView(world: World, host: HostRow, min: boolean): JsonObject {
  const cluster = need(world, "cluster", host.cluster);
  const pod = need(world, "pod", cluster.pod);
  const zone = need(world, "zone", pod.zone);
  return {
    id: host.uuid,
    name: host.name,
    state: "Up",
    type: "Routing",
    ipaddress: host.address,
    zoneid: zone.uuid,
    zonename: min ? undefined : zone.name,
    podid: pod.uuid,
    podname: min ? undefined : pod.name,
    version: CLOUDSTACK_VERSION,
    hypervisor: HYPERVISOR,
    cpunumber: host.cpus,
    cpuspeed: CPU_MHZ,
    ...(min ? { memoryallocated: 0 } : capacity(world, host)),
    capabilities: "hvm",
    lastpinged: apiDate(host.createdMs),
    ...MANAGEMENT_SERVER_VIEW,
    clusterid: cluster.uuid,
    clustername: min ? undefined : cluster.name,
    clustertype: min ? undefined : "CloudManaged",
    islocalstorageactive: false,
    created: apiDate(host.createdMs),
    events: min
      ? undefined
      : "AgentConnected; HostDown; ShutdownRequested; Remove; AgentDisconnected; PingTimeout; ManagementServerDown; Ping; StartAgentRebalance",
    hostha: { haenable: false, hastate: "Disabled" },
    outofbandmanagement: { powerstate: "Disabled", enabled: false },
    resourcestate: "Enabled",
    hypervisorversion: min ? undefined : CLOUDSTACK_VERSION,
    hahost: min ? undefined : false,
    ueficapability: false,
    arch: min ? undefined : "x86_64",
    hasannotations: false,
  };
}

/** Memory in octets that the machines on a host were promised. */
export function memoryAllocated(world: World, host: HostRow): number {
  return world
    .where("machine", "host", host.uuid)
    .reduce((sum, { offering }) => sum + need(world, "serviceOffering", offering).memoryMiB * 1024 * 1024, 0);
}

function capacity(world: World, host: HostRow): JsonObject {
  const memory = memoryAllocated(world, host);
  const mhz = world.where("machine", "host", host.uuid).reduce((sum, { offering }) => {
    const { cpus, cpuMhz } = need(world, "serviceOffering", offering);
    return sum + cpus * cpuMhz;
  }, 0);
  const cpuShare = percent(mhz, host.cpus * CPU_MHZ);
  return {
    cpuallocated: cpuShare,
    cpuallocatedvalue: mhz,
    cpuallocatedpercentage: cpuShare,
    cpuallocatedwithoverprovisioning: cpuShare,
    cpuused: "0%",
    cpuwithoverprovisioning: String(host.cpus * CPU_MHZ),
    cpuloadaverage: 0,
    networkkbsread: 0,
    networkkbswrite: 0,
    memorytotal: host.memoryBytes,
    memorywithoverprovisioning: String(host.memoryBytes),
    memoryallocated: memory,
    memoryallocatedpercentage: percent(memory, host.memoryBytes),
    memoryallocatedbytes: memory,
    memoryused: 0,
  };
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(2).replace(/\.?0+$/, "")}%`;
}
