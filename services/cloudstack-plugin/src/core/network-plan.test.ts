import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { HeldConfiguration } from "../testing/held-configuration.ts";
import { annotationsOf, KEYS } from "./annotations.ts";
import type { CloudNetwork } from "./cloud.ts";
import { planNetwork } from "./network-plan.ts";
import { planRestore } from "./nic-plan.ts";
import type { NetworkPayload, RestoreData } from "./payload.ts";
import { CloudOwners } from "./reconcile/cloud-owners.ts";
import { diffNetwork } from "./reconcile/network-diff.ts";

const PAYLOAD: NetworkPayload = {
  network_id: "1",
  cidr: "10.1.1.0/24",
  gateway: "10.1.1.1",
  dns: "192.0.2.53",
  domain: "cs.example",
};
const IDENTITY = {
  uuid: "0000006e-0000-4000-8000-000000000001",
  name: "web",
  project: ["default-domain", "default-project"],
  projectUuid: "0000006f-0000-4000-8000-000000000001",
};
const CLOUD: CloudNetwork = {
  uuid: IDENTITY.uuid,
  name: IDENTITY.name,
  state: "Implemented",
  networkId: "1",
  cidr: PAYLOAD.cidr,
  gateway: PAYLOAD.gateway,
  nameServers: PAYLOAD.dns,
  domainName: PAYLOAD.domain,
  services: new Set(["Dhcp", "Dns"]),
  ownerName: "admin",
  projectUuid: undefined,
  domain: { uuid: "00000064-0000-4000-8000-000000000000", path: "ROOT" },
};

/** A configuration in which these commands have come. */
function after(...commands: readonly Parameters<typeof planNetwork>[0][]): HeldConfiguration {
  const held = new HeldConfiguration();
  for (const command of commands) {
    const view = { ...held.view("1"), identity: IDENTITY };
    for (const write of planNetwork(command, PAYLOAD, view)) held.write(write);
  }
  return held;
}

function restore(held: HeldConfiguration, data: RestoreData): void {
  for (const write of planRestore(PAYLOAD, data, held.view("1"))) held.write(write);
}

/** The network's only subnet. */
function subnetOf(held: HeldConfiguration): JsonObject | undefined {
  const [reference] = (held.view("1").network?.network_ipam_refs ?? []) as readonly JsonObject[]; // References.
  const { ipam_subnets: subnets } = (reference?.attr ?? {}) as JsonObject; // VnSubnetsType.
  const [subnet, ...more] = (subnets ?? []) as readonly JsonObject[]; // IpamSubnetType.
  expect(more).toEqual([]);
  return subnet;
}

function namesOf(held: HeldConfiguration): readonly (string | undefined)[] {
  const annotations = annotationsOf(held.view("1").network ?? {});
  return [annotations.get(KEYS.nameServers), annotations.get(KEYS.networkDomain)];
}

test("restore-network brings DHCP and names back, where it says so, in a network that was made anew", () => {
  const held = after("implement-network");
  restore(held, { dhcp_enabled: true, dns_enabled: true, vms: [] });
  expect(subnetOf(held)).toMatchObject({ enable_dhcp: true });
  expect(namesOf(held)).toEqual(["192.0.2.53", "cs.example"]);
  const without = after("implement-network");
  restore(without, { dhcp_enabled: false, dns_enabled: false, vms: [] });
  expect(subnetOf(without)).toMatchObject({ enable_dhcp: false });
  expect(namesOf(without)).toEqual([undefined, undefined]);
});

test("restore-network makes the network where it is missing", () => {
  const held = new HeldConfiguration();
  restore(held, { dhcp_enabled: true, dns_enabled: true, vms: [] });
  expect(subnetOf(held)).toMatchObject({ enable_dhcp: true, default_gateway: "10.1.1.1" });
});

test("a network whose prefix changes keeps its DHCP", () => {
  const held = after("implement-network", "config-dhcp-subnet");
  const wider = { ...PAYLOAD, cidr: "10.1.0.0/16" };
  for (const write of planNetwork("implement-network", wider, held.view("1"))) held.write(write);
  expect(subnetOf(held)).toMatchObject({ subnet: { ip_prefix: "10.1.0.0", ip_prefix_len: 16 }, enable_dhcp: true });
});

test("DHCP that is off though CloudStack offers it differs, and is mended", () => {
  const held = after("implement-network", "config-dhcp-subnet", "config-dns-subnet");
  const differences = () =>
    diffNetwork(
      "1",
      { network: CLOUD, owners: new CloudOwners([]), nics: [], system: [] },
      { ...held.view("1"), identity: IDENTITY },
    );
  expect(differences()).toEqual([]);
  for (const write of planNetwork("remove-dhcp-subnet", PAYLOAD, held.view("1"))) held.write(write);
  expect(differences()).toMatchObject([{ action: "mend", reason: expect.stringContaining("network ipam refs") }]);
  for (const write of differences().flatMap(({ writes }) => writes)) held.write(write);
  expect(subnetOf(held)).toMatchObject({ enable_dhcp: true });
  expect(differences()).toEqual([]);
});
