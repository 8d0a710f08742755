import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "@contrail/observability";
import { KeyedLock, systemClock } from "@contrail/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JobRow } from "../../core/rows.ts";
import { Values } from "../../core/values.ts";
import type { Cloud } from "../cloud.ts";
import type { Answer, Command } from "../command.ts";
import { ExtensionRunner } from "../extension-runner.ts";
import { SIMULATED } from "../hypervisor.ts";
import { Machines } from "../machines.ts";
import { Networks } from "../networks.ts";
import { Passwords } from "../passwords.ts";
import { seed } from "../seed.ts";
import { Store } from "../store.ts";
import { MACHINE_DEPLOY } from "./machine-deploy.ts";
import { NICS } from "./nics.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger; // As far as it is used.

let directory: string;
let store: Store;
let cloud: Cloud;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-nics-"));
  store = new Store(join(directory, "devcloud.db"), systemClock);
  await seed(store, new Passwords(), {
    adminPassword: "p",
    zoneDns: "",
    hosts: [{ name: "h1", address: "192.0.2.1" }],
  });
  const locks = new KeyedLock();
  const networks = new Networks(store, new ExtensionRunner(directory, join(directory, "payloads")), locks, silent);
  const machines = new Machines(store, networks, SIMULATED, locks, systemClock, silent);
  cloud = { store, networks, machines } as unknown as Cloud; // As far as these commands use it.
});

afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

function first<K extends "zone" | "account" | "user" | "template" | "serviceOffering" | "physicalNetwork">(kind: K) {
  const [row] = store.all(kind);
  if (row === undefined) throw new Error(`no ${kind}`);
  return row;
}

/** A network of the admin that no extension serves: it is never implemented here. */
function network(cidr = "10.40.0.0/24"): string {
  const offering = store.make("networkOffering", {
    ...{ name: "o", displaytext: "o", state: "Enabled", guestIpType: "Isolated", services: [], forVpc: false },
    ...{
      specifyVlan: true,
      conserveMode: true,
      isPersistent: false,
      availability: "Optional",
      egressDefaultPolicy: true,
    },
  } as const);
  const row = {
    ...{ name: "n", displaytext: "n", account: first("account").uuid, zone: first("zone").uuid },
    ...{ physicalNetwork: first("physicalNetwork").uuid, gateway: "10.40.0.1", netmask: "255.255.255.0", cidr },
    ...{ networkDomain: "cs.example", dns1: undefined, dns2: undefined, broadcastType: "Vlan" },
    ...{ broadcastUri: undefined, vlan: undefined, extensionDetails: undefined, extensionIp: undefined },
    ...{ details: {}, macsUsed: 0 },
  };
  return store.make("network", { ...row, offering: offering.uuid, state: "Allocated" }).uuid;
}

function run(commands: readonly Command[], name: string, parameters: Readonly<Record<string, string>>): Answer {
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const values = new Values(name, command.parameters, new Map(Object.entries(parameters)));
  const answer = command.run({ cloud, caller: { user: first("user"), account: first("account") }, values });
  return answer as Answer; // These commands answer at once.
}

function deploy(networks: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  const answer = run(MACHINE_DEPLOY, "deployVirtualMachine", {
    serviceofferingid: first("serviceOffering").uuid,
    zoneid: first("zone").uuid,
    templateid: first("template").uuid,
    networkids: networks.join(","),
    startvm: "false",
    ...more,
  });
  return answer.kind === "job" ? (answer.id ?? "") : "";
}

/** What the job of an accepted call does, when its turn comes. */
function work(answer: Answer): Promise<unknown> {
  if (answer.kind !== "job") throw new Error("no job");
  return answer.work({ uuid: "job" } as JobRow); // Only its uuid is told.
}

test("a machine with a MAC that is bad or used, or without a free address, is refused and leaves nothing", () => {
  const [used, full] = [network(), network("10.40.0.0/30")];
  deploy([used], { name: "a", macaddress: "02:00:00:00:00:01" });
  deploy([full], { name: "b" });
  expect(() => deploy([used], { macaddress: "02:00:00:00:00:1" })).toThrow("Mac address is not valid");
  expect(() => deploy([used], { macaddress: "02:00:00:00:00:01" })).toThrow("Mac address is in use");
  expect(() => deploy([used, full])).toThrow("has no free address left");
  expect([store.count("machine"), store.count("nic")]).toEqual([2, 2]);
});

test("a MAC that somebody wished for is not given out again", () => {
  const uuid = network();
  const number = store.find("network", uuid)?.number ?? 0;
  const next = `02:02:00:${number.toString(16).padStart(2, "0")}:00:02`;
  deploy([uuid], { name: "a", macaddress: next });
  deploy([uuid], { name: "b" });
  expect(new Set([...store.all("nic")].map(({ mac }) => mac)).size).toBe(2);
});

test("two calls for a NIC in one network make one, two for the last place too, and each has a place of its own", async () => {
  const machine = deploy([network()]);
  const add = (networkid: string) => run(NICS, "addNicToVirtualMachine", { virtualmachineid: machine, networkid });
  const [same, other] = [network(), network()];
  const [one, two, three] = [add(same), add(same), add(other)];
  await work(one);
  await expect(work(two)).rejects.toThrow("A NIC already exists for VM in network");
  await work(three);
  for (let count = 3; count < 15; count++) await work(add(network()));
  const [last, over] = [add(network()), add(network())];
  await work(last);
  await expect(work(over)).rejects.toThrow("A machine has at most 16 NICs");
  const places = store.where("nic", "machine", machine).map(({ deviceId }) => deviceId);
  expect(places).toEqual([...Array(16).keys()]);
});
