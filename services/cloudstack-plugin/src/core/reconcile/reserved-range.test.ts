import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { HeldConfiguration } from "../../testing/held-configuration.ts";
import { network, nic, OWNER } from "../../testing/reconciler-world.ts";
import { type CloudNetwork, readCloudNetwork } from "../cloud.ts";
import { planNetwork } from "../network-plan.ts";
import { CloudOwners } from "./cloud-owners.ts";
import { diffNetwork } from "./network-diff.ts";

const IDENTITY = { uuid: network().uuid, name: "web1", project: ["default-domain", "admin"], projectUuid: OWNER.uuid };
/** With guestvmcidr 10.1.64.0/18 of 10.1.0.0/16: cidr is the part for machines, networkcidr the whole. */
const RESERVED: CloudNetwork = { ...network(), cidr: "10.1.64.0/18", wholeCidr: "10.1.0.0/16" };

function prefixes(held: HeldConfiguration): readonly unknown[] {
  const references = (held.view("1").network?.network_ipam_refs ?? []) as readonly JsonObject[]; // A list of objects.
  return references.flatMap(({ attr }) => {
    const { ipam_subnets: subnets } = attr as { ipam_subnets: readonly JsonObject[] }; // VnSubnetsType.
    return subnets.map(({ subnet, default_gateway: gateway }) => ({ ...(subnet as JsonObject), gateway })); // SubnetType.
  });
}

const WHOLE = [{ ip_prefix: "10.1.0.0", ip_prefix_len: 16, gateway: "10.1.0.1" }];

/** Settles until nothing differs; gives how often something did. */
function settled(held: HeldConfiguration, cloud: CloudNetwork): number {
  for (let times = 0; times < 5; times++) {
    const view = { ...held.view("1"), identity: IDENTITY };
    const found = diffNetwork("1", { network: cloud, nics: [nic(1)], system: [], owners: new CloudOwners([]) }, view);
    if (found.length === 0) return times;
    for (const write of found.flatMap(({ writes }) => writes)) held.write(write);
  }
  return Number.POSITIVE_INFINITY;
}

test("CloudStack's prefix of a network with a reserved range is networkcidr", () => {
  const item = { id: network().uuid, domainid: OWNER.domain.uuid, cidr: "10.1.64.0/18", networkcidr: "10.1.0.0/16" };
  expect(readCloudNetwork(item)).toMatchObject({ cidr: "10.1.64.0/18", wholeCidr: "10.1.0.0/16" });
  expect(readCloudNetwork({ ...item, networkcidr: undefined }).wholeCidr).toBeUndefined();
});

test("a network with a reserved range has its whole prefix, with the gateway that is outside of the range", () => {
  const held = new HeldConfiguration();
  expect(settled(held, RESERVED)).toBe(1);
  expect(prefixes(held)).toEqual(WHOLE);
});

test("a range that is reserved or let go changes nothing of a network that is there", () => {
  const held = new HeldConfiguration();
  settled(held, network());
  expect(settled(held, RESERVED)).toBe(0);
  expect(settled(held, network())).toBe(0);
  expect(prefixes(held)).toEqual(WHOLE);
});

test("a network that was made with the range for machines only gets its whole prefix back", () => {
  const held = new HeldConfiguration();
  settled(held, { ...network(), cidr: "10.1.64.0/18" });
  expect(settled(held, RESERVED)).toBe(1);
  expect(prefixes(held)).toEqual(WHOLE);
});

test("implement-network, whose payload has the range for machines only, leaves the whole prefix, and names and DHCP work", () => {
  const held = new HeldConfiguration();
  settled(held, RESERVED);
  const payload = {
    network_id: "1",
    cidr: "10.1.64.0/18",
    gateway: "10.1.0.1",
    dns: "192.0.2.53",
    domain: "cs.example",
  };
  for (const command of [
    "shutdown-network",
    "remove-dhcp-subnet",
    "implement-network",
    "config-dhcp-subnet",
  ] as const) {
    for (const write of planNetwork(command, payload, held.view("1"))) held.write(write);
  }
  expect(prefixes(held)).toEqual(WHOLE);
  expect(settled(held, RESERVED)).toBe(0);
});

test("a prefix inside of the network's, with another gateway, is another prefix", () => {
  const held = new HeldConfiguration();
  settled(held, network());
  const payload = { network_id: "1", cidr: "10.1.64.0/18", gateway: "10.1.64.1" };
  for (const write of planNetwork("implement-network", payload, held.view("1"))) held.write(write);
  expect(prefixes(held)).toEqual([{ ip_prefix: "10.1.64.0", ip_prefix_len: 18, gateway: "10.1.64.1" }]);
});
