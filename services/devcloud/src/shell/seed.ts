import { newApiKey, type Passwords } from "./passwords.ts";
import type { Store } from "./store.ts";

/** A host that machines can run on. */
export interface HostPlan {
  readonly name: string;
  readonly address: string;
}

const GIB = 1024 ** 3;
const HOST_MEMORY_GIB = 64;
const HOST_CPUS = 64;

/** What a cloud has before anybody calls. */
export interface SeedPlan {
  readonly adminPassword: string;
  /** Name server of the zone; "" leaves the one that it has. */
  readonly zoneDns: string;
  readonly hosts: readonly HostPlan[];
}

/** Makes what is missing, so that a start completes what a crash left. */
export async function seed(
  store: Store,
  passwords: Passwords,
  { adminPassword, zoneDns, hosts }: SeedPlan,
): Promise<void> {
  if (store.count("user") === 0) seedAdmin(store, await passwords.hash(adminPassword));
  const cluster = seedZone(store);
  if (zoneDns !== "") {
    for (const zone of [...store.all("zone")]) store.change("zone", zone.uuid, { dns1: zoneDns, dns2: undefined });
  }
  const known = new Map([...store.all("host")].map((host) => [host.name, host]));
  for (const { name, address } of hosts) {
    const old = known.get(name);
    if (old !== undefined) store.change("host", old.uuid, { address });
    else store.make("host", { name, cluster, address, memoryBytes: HOST_MEMORY_GIB * GIB, cpus: HOST_CPUS });
  }
  seedOfferings(store);
}

/** Key and secret of the admin: for the file of keys that clients read. */
export function adminKeys(store: Store): { readonly apiKey: string; readonly secretKey: string } {
  for (const user of store.all("user")) {
    const [key] = user.isDefault ? store.where("apiKey", "user", user.uuid) : [];
    if (key !== undefined) return { apiKey: key.apiKey, secretKey: key.secretKey };
  }
  throw new Error("the admin has no key");
}

function seedAdmin(store: Store, passwordHash: string): void {
  const root = store.make("domain", { name: "ROOT", parent: undefined });
  const account = store.make("account", {
    name: "admin",
    domain: root.uuid,
    type: 1,
    state: "enabled",
    isDefault: true,
  });
  const user = store.make("user", {
    username: "admin",
    firstname: "Admin",
    lastname: "User",
    email: "admin@mailprovider.com",
    timezone: undefined,
    passwordHash,
    account: account.uuid,
    state: "enabled",
    isDefault: true,
  });
  store.make("apiKey", { name: "admin", apiKey: newApiKey(), secretKey: newApiKey(), user: user.uuid });
}

/** Zone, physical network, pod and cluster; gives the cluster's uuid. */
function seedZone(store: Store): string {
  const [cluster] = store.all("cluster");
  if (cluster !== undefined) return cluster.uuid;
  const zone = store.make("zone", {
    name: "zone1",
    dns1: "192.0.2.53",
    dns2: "192.0.2.54",
    internaldns1: "192.0.2.55",
    domain: "cs.example",
    guestCidr: "10.1.1.0/24",
  });
  store.make("physicalNetwork", { name: "zone1-pnet", zone: zone.uuid, vlan: "100-400" });
  const range = { gateway: "172.16.15.1", netmask: "255.255.255.0", startip: "172.16.15.2", endip: "172.16.15.200" };
  const pod = store.make("pod", { name: "zone1-pod", zone: zone.uuid, ...range });
  return store.make("cluster", { name: "zone1-c0", pod: pod.uuid }).uuid;
}

const SIZES = [
  { name: "Small Instance", cpus: 1, memoryMiB: 512 },
  { name: "Medium Instance", cpus: 1, memoryMiB: 1024 },
] as const;

function seedOfferings(store: Store): void {
  if (store.count("template") > 0) return;
  for (const { name, cpus, memoryMiB } of SIZES) {
    const disk = store.make("diskOffering", { name, displaytext: name, sizeGiB: 0 });
    store.make("serviceOffering", {
      name,
      displaytext: name,
      cpus,
      cpuMhz: 500,
      memoryMiB,
      diskOffering: disk.uuid,
      isUserMade: false,
    });
  }
  store.make("diskOffering", { name: "Small", displaytext: "Small Disk, 5 GB", sizeGiB: 5 });
  const ostypes = ["Debian", "Ubuntu", "Other"].map((category) => {
    const name = category === "Other" ? "Other Linux (64-bit)" : `${category} (64-bit)`;
    return store.make("osType", { name, category });
  });
  const [zone] = store.all("zone");
  const name = "Network namespace";
  const row = { name, displaytext: "A machine as a network namespace", passwordEnabled: true };
  store.make("template", { ...row, zone: zone?.uuid ?? "", ostype: ostypes.at(-1)?.uuid ?? "" });
}
