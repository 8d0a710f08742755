import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { annotated, KEYS } from "../core/annotations.ts";
import type { NetworkIdentity, NetworkView } from "../core/network-view.ts";
import { planNic } from "../core/nic-plan.ts";
import type { NetworkPayload, NicPayload } from "../core/payload.ts";
import type { Question } from "./configuration.ts";
import { type Caller, NetworkReader } from "./network-reader.ts";

const PAYLOAD: NetworkPayload = { network_id: "208", cidr: "10.1.1.0/24", gateway: "10.1.1.1" };
const ELSEWHERE: NetworkPayload = { network_id: "208", cidr: "10.2.0.0/16", gateway: "10.2.0.1" };
const [A, B] = ["0000006e-0000-4000-8000-00000000000a", "0000006e-0000-4000-8000-00000000000b"];
const PORT = "00000069-0000-4000-8000-000000000001";
const IDENTITY: NetworkIdentity = { uuid: B, name: "web", project: ["default-domain", "alice"], projectUuid: "p" };
const QUESTION = { networkId: "208", interfaces: "all" as const, machines: [] };

/** A network of the configuration with a port. */
function network(annotations: Readonly<Record<string, string>>): JsonObject {
  const subnet = { subnet: { ip_prefix: "10.1.1.0", ip_prefix_len: 24 }, default_gateway: "10.1.1.1" };
  return {
    uuid: A,
    network_ipam_refs: [{ to: [], attr: { ipam_subnets: [subnet] } }],
    virtual_machine_interface_back_refs: [{ uuid: PORT }],
    annotations: annotated(new Map(), { [KEYS.networkId]: "208", ...annotations }),
  };
}

const PROVISIONAL = network({});
const OF_A = network({ [KEYS.networkUuid]: A });
const KEPT = network({ [KEYS.networkUuid]: A, [KEYS.uuidKept]: "true" });

/** Of which nobody has told whose it is, and without ports; somebody may use it all the same. */
const EMPTY: JsonObject = { ...PROVISIONAL, virtual_machine_interface_back_refs: [] };

interface Cloud {
  readonly uuid?: string;
  readonly ports?: NetworkIdentity | "others";
}

/** A reader of one network, and how often CloudStack was asked. */
function world(found: JsonObject, { uuid, ports }: Cloud, named: readonly string[] = []) {
  const asked: string[] = [];
  const configuration = {
    read: async ({ cloudUuid }: Question): Promise<NetworkView> => {
      const isOther = cloudUuid === B && found !== PROVISIONAL && found !== EMPTY;
      const interfaces = named.map((port) => {
        const vmi = { uuid: port, virtual_network_refs: [{ uuid: A }] };
        return { vmi, address: undefined, secondary: [] };
      });
      const view = { interfaces, machines: new Map<string, JsonObject>() };
      return isOther ? { ...view, network: undefined, former: found } : { ...view, network: found };
    },
  };
  const identities = {
    uuidOf: async () => {
      asked.push("uuid");
      return uuid;
    },
    ofPorts: async () => {
      asked.push("ports");
      return ports;
    },
  };
  return { reader: new NetworkReader(configuration, identities), asked };
}

const SOME: Caller = { payload: PAYLOAD, uuid: undefined, clears: false, isRare: false };
const FIRST: Caller = { ...SOME, isRare: true };
const CLEARING: Caller = { ...SOME, clears: true };

test.each([
  ["with the network's own uuid", KEPT, { ...FIRST, uuid: A }],
  ["with another's uuid", KEPT, { ...FIRST, uuid: B }],
  ["without a uuid, in the middle of a start", OF_A, SOME],
  ["that takes away", OF_A, CLEARING],
])("CloudStack is not asked for a command %s", async (_what, found, caller) => {
  const { reader, asked } = world(found, {});
  await reader.read(QUESTION, caller);
  expect(asked).toEqual([]);
});

test("a start without a uuid asks whose the number is, and then sees no network of another", async () => {
  const { reader, asked } = world(OF_A, { uuid: B });
  expect(await reader.read(QUESTION, FIRST)).toMatchObject({ network: undefined, former: OF_A, sentUuid: undefined });
  expect(asked).toEqual(["uuid"]);
});

test("a start of which CloudStack tells nothing goes on with the network of its number", async () => {
  expect(await world(OF_A, {}).reader.read(QUESTION, FIRST)).toMatchObject({ network: OF_A });
});

test.each([
  ["a network whose uuid CloudStack has, without a uuid", KEPT, SOME],
  ["a network of another prefix and gateway", OF_A, { ...SOME, payload: ELSEWHERE }],
  ["a provisional network of another prefix and gateway", PROVISIONAL, { ...SOME, uuid: B, payload: ELSEWHERE }],
])("%s is refused while CloudStack tells nothing, and is nothing to take away from", async (_what, found, caller) => {
  const { reader } = world(found, {});
  await expect(reader.read(QUESTION, caller)).rejects.toMatchObject({
    code: "cloudstack.conflict",
    fields: { isAnother: true },
  });
  const view = await reader.read(QUESTION, { ...caller, clears: true });
  expect(view).toMatchObject({ network: undefined, interfaces: [] });
});

test("an empty provisional network is not joined where the uuid is known, whatever CloudStack tells", async () => {
  const { reader, asked } = world(EMPTY, {});
  const view = await reader.read(QUESTION, { ...SOME, uuid: B });
  expect(view).toMatchObject({ network: undefined, former: EMPTY, cloudUuid: B, sentUuid: B });
  expect(asked).toEqual([]);
  expect(await reader.read(QUESTION, SOME)).toMatchObject({ network: EMPTY });
});

test("a uuid that was asked for is known to be the call's, though CloudStack did not send it", async () => {
  const { reader } = world(OF_A, { uuid: B });
  expect(await reader.read(QUESTION, FIRST)).toMatchObject({ cloudUuid: B, sentUuid: undefined });
});

test("what takes away from a NIC sees none while nobody tells whose its network is", async () => {
  const { reader } = world(KEPT, {}, [PORT]);
  const view = await reader.read({ ...QUESTION, interfaces: [PORT] }, CLEARING);
  expect(view).toMatchObject({ network: undefined, interfaces: [] });
  const nic: NicPayload = { nic_id: "7", nic_uuid: PORT };
  for (const command of ["release-nic", "remove-dhcp-entry", "remove-dns-entry"] as const) {
    expect(planNic(command, PAYLOAD, nic, view)).toEqual([]);
  }
});

test("a provisional network is CloudStack's of a uuid where one of its ports is", async () => {
  const caller = { ...SOME, uuid: B };
  const own = await world(PROVISIONAL, { ports: IDENTITY }).reader.read(QUESTION, caller);
  expect(own).toMatchObject({ network: PROVISIONAL, identity: IDENTITY });
  const others = await world(PROVISIONAL, { ports: "others" }).reader.read(QUESTION, caller);
  expect(others).toMatchObject({ network: undefined, former: PROVISIONAL, interfaces: [] });
  const unknown = await world(PROVISIONAL, {}).reader.read(QUESTION, caller);
  expect(unknown).toMatchObject({ network: PROVISIONAL, identity: undefined });
});
