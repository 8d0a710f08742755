import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { HeldConfiguration } from "../testing/held-configuration.ts";
import { annotationsOf, KEYS } from "./annotations.ts";
import { contradicts, withoutFormer } from "./network-number.ts";
import { planNetwork } from "./network-plan.ts";
import type { NetworkView } from "./network-view.ts";
import { planNic } from "./nic-plan.ts";
import type { NetworkPayload, NicPayload } from "./payload.ts";

const PAYLOAD: NetworkPayload = { network_id: "208", cidr: "10.1.1.0/24", gateway: "10.1.1.1" };
const [A, B] = ["0000006e-0000-4000-8000-00000000000a", "0000006e-0000-4000-8000-00000000000b"];
const PROJECT = ["default-domain", "alice"];

function identity(uuid: string, networkName = "cs-net-208") {
  return { uuid, name: "web", project: PROJECT, projectUuid: "0000006f-0000-4000-8000-000000000001", networkName };
}

function apply(held: HeldConfiguration, view: NetworkView, payload = PAYLOAD): void {
  for (const write of planNetwork("implement-network", payload, view)) held.write(write);
}

function network(held: HeldConfiguration, uuid: string): JsonObject {
  return held.list("virtual-network").find((one) => one.uuid === uuid) ?? {};
}

function numbers(held: HeldConfiguration): readonly (string | undefined)[] {
  return [A, B].map((uuid) => annotationsOf(network(held, uuid)).get(KEYS.networkId));
}

const NOTHING: NetworkView = { network: undefined, interfaces: [], machines: new Map() };

/** Network A of number 208 was made, then CloudStack gave the number to B. */
function givenAgain(): HeldConfiguration {
  const held = new HeldConfiguration();
  apply(held, { ...NOTHING, identity: identity(A) });
  apply(held, { ...NOTHING, former: network(held, A), identity: identity(B, "cs-net-208-0000006e") });
  return held;
}

test("a network that has lost its number has one that no payload has", () => {
  const held = givenAgain();
  expect(numbers(held)).toEqual([`208-${A}`, "208"]);
  expect(held.view("208").network?.uuid).toBe(B);
});

test("a network whose number comes back to it gets it from the one that had it meanwhile", () => {
  const held = givenAgain();
  apply(held, { ...NOTHING, network: network(held, A), former: network(held, B) });
  expect(numbers(held)).toEqual(["208", `208-${B}`]);
  const again = planNetwork("implement-network", PAYLOAD, { ...NOTHING, network: network(held, A) });
  expect(again).toEqual([]);
});

test("a NIC command too takes the number from the other network before it makes its own", () => {
  const held = new HeldConfiguration();
  apply(held, { ...NOTHING, identity: identity(A) });
  const nic: NicPayload = { nic_id: "7", nic_uuid: "00000069-0000-4000-8000-000000000007", mac: "02:00:00:00:00:07" };
  const view = { ...NOTHING, former: network(held, A), identity: identity(B, "cs-net-208-0000006e") };
  for (const write of planNic("add-dhcp-entry", PAYLOAD, nic, view)) held.write(write);
  expect(numbers(held)).toEqual([`208-${A}`, "208"]);
  expect(held.list("virtual-machine-interface")).toMatchObject([{ virtual_network_refs: [{ uuid: B }] }]);
});

test.each(["shutdown-network", "destroy-network", "remove-dhcp-subnet", "remove-dns-subnet"] as const)(
  "%s of a network that is not there leaves the one that has its number",
  (command) => {
    const held = new HeldConfiguration();
    apply(held, { ...NOTHING, identity: identity(A) });
    expect(planNetwork(command, PAYLOAD, withoutFormer(held.view("208"), "all"))).toEqual([]);
  },
);

test("a payload without uuid speaks against a network whose uuid CloudStack has, until that is shut down", () => {
  const held = new HeldConfiguration();
  apply(held, { ...NOTHING, identity: identity(A), sentUuid: A });
  expect(contradicts(PAYLOAD, network(held, A))).toBe(true);
  for (const write of planNetwork("shutdown-network", PAYLOAD, { ...held.view("208"), sentUuid: A })) held.write(write);
  expect(contradicts(PAYLOAD, network(held, A))).toBe(false);
});

test.each([
  ["the same prefix and gateway", {}, false],
  ["a smaller prefix with the same gateway", { cidr: "10.1.1.0/25" }, false],
  ["the same prefix with the gateway of another range", { gateway: "10.1.1.129" }, false],
  ["another prefix and gateway", { cidr: "10.2.0.0/24", gateway: "10.2.0.1" }, true],
  ["neither", { cidr: undefined, gateway: undefined }, false],
])("%s: a payload speaks against a network only where both differ", (_what, more, wanted) => {
  const held = new HeldConfiguration();
  apply(held, { ...NOTHING, identity: identity(A) });
  expect(contradicts({ ...PAYLOAD, ...more }, network(held, A))).toBe(wanted);
});
