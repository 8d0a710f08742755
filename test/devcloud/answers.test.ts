import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DevCloudProcess } from "./devcloud-process.ts";
import { KnownDifferences } from "./known-differences.ts";
import { apiRecordings, type Recording } from "./recordings.ts";
import { isObject } from "./shape.ts";
import type { Body, Parameters, SignedClient } from "./signed-client.ts";

/** Of what this version refuses or has none of; and of sessions and jobs at work, which have tests of their own. */
const LEFT_OUT = new RegExp(
  [
    "^(00[1-9]|01[0-5]|024|025|147|149|150|151|281)",
    "-(listVPCs|.*tier|.*vpc|.*VPC|listNetworkACL|listPublicIp|listVolumes|listRouters|listSystemVms|listStaticRoutes)",
    "-list(LoadBalancer|PortForwarding|Firewall|EgressFirewall)",
  ].join("|"),
);
const USER = /user-|error-user|094|237|238|239/;
/** Recorded with an account's key and an offering that DevCloud has not; without source NAT an admin makes its networks. */
const FOR_ALICE = /^098-/;
const ADDRESS = /^(\d+\.){3}\d+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const known = new KnownDifferences();
const recordings = apiRecordings().filter(({ file }) => !LEFT_OUT.test(file));

describe("an answer has the recorded keys, types and status", () => {
  let cloud: DevCloudProcess;
  let admin: SignedClient;
  let user: SignedClient | undefined;
  /** Recorded uuids, and what stands for them here. */
  const ours = new Map<string, string>();

  beforeAll(async () => {
    cloud = await DevCloudProcess.start();
    admin = cloud.admin();
    cloud.installRecorder("recsdn");
    await prepare(admin, ours);
  });

  afterAll(() => cloud?.stop());

  test.each(recordings)("$file", async (recording) => {
    const isUser = USER.test(recording.file);
    if (isUser && user === undefined) user = await aliceOf(cloud, admin, ours);
    const client = isUser && user !== undefined ? user : admin;
    const reply = await client.send(translated(recording, ours), recording.method);
    expect([reply.status, reply.type]).toEqual([recording.status, recording.type]);
    const body: unknown = JSON.parse(reply.text);
    learn(recording.body, body, ours);
    expect(known.unknown(recording, recording.body, body)).toEqual([]);
    if (recording.status !== 200) expect(errorText(body)).toBe(errorText(recording.body));
    const [accepted] = Object.values(body as Record<string, Body>); // One root key.
    if (recording.job === undefined) {
      if (accepted?.jobid !== undefined) await admin.ended(String(accepted.jobid)); // The next one must not meet it.
      return;
    }
    const job = { queryasyncjobresultresponse: await admin.ended(String(accepted?.jobid)) };
    learn(recording.job, job, ours);
    expect(known.unknown(recording, recording.job, job)).toEqual([]);
    expect(job.queryasyncjobresultresponse.jobresultcode).toBe(codeOf(recording.job));
  });

  test("every difference that is known is there still", () => {
    expect(known.unused()).toEqual([]);
  });
});

/** What the recorded cloud had before: an extension, offerings, a network of it, an action; and the uuids of all. */
async function prepare(admin: SignedClient, ours: Map<string, string>): Promise<void> {
  const first = async (command: string, key: string, parameters: Parameters = {}): Promise<Body> => {
    const answer = await admin.call(command, parameters);
    return (answer[key] as readonly Body[])[0] ?? {}; // A list, by its name.
  };
  const zone = await first("listZones", "zone");
  const account = await first("listAccounts", "account");
  const offering = await first("listServiceOfferings", "serviceoffering");
  const template = await first("listTemplates", "template", { templatefilter: "all" });
  const physical = await first("listPhysicalNetworks", "physicalnetwork");
  const hosts = (await admin.call("listHosts")).host as readonly Body[];
  const networks = await extensionNetwork(admin, String(physical.id), String(zone.id));
  const known: readonly (readonly [recorded: string, own: unknown])[] = [
    ["7cd79b4a-da91-4f9a-8395-e7952db911d2", zone.id],
    ["79e0ac27-e7ac-11f1-a3d5-02fc00000001", account.domainid],
    ["79e0c5e0-e7ac-11f1-a3d5-02fc00000001", account.id],
    ["34f17e92-2786-4df7-b137-720d075048e9", offering.id],
    ["9aaa8750-e7ac-11f1-a3d5-02fc00000001", template.id],
    ["c09f077f-f1c7-4d7a-a556-a94d3c5be200", physical.id],
    ["3402da6d-fb2a-4558-9406-b2ad9715277e", hosts[0]?.id],
    ["ab5e3a54-b7ce-4c27-ba2b-d9271d0a48b7", hosts[1]?.id],
    ["12d076ca-fd95-463e-a766-e029826502f1", await hugeOffering(admin)],
    ["aecd246d-edd6-4d3f-ba9b-617787d05e1a", networks.offering],
    ["879ec1c4-7972-4f41-ad80-28e2b58da877", networks.offering],
    ["439421e6-ecf7-4bcd-95cb-19bb63e7bc2b", networks.network],
    ["5f0bfb2a-8e30-434c-8c49-b3d3a5bf6b4b", networks.action],
  ];
  const person = { firstname: "f", lastname: "l", email: "e@example.com", password: "p", accounttype: "0" };
  const made = await admin.call("createAccount", { username: "baremetal-system-account", ...person });
  const [user] = (made.account as Body).user as readonly Body[]; // One user.
  await admin.job("registerUserKeys", { id: String(user?.id) });
  for (const [recorded, own] of known) ours.set(recorded, String(own));
}

async function hugeOffering(admin: SignedClient): Promise<unknown> {
  const made = await admin.call("createServiceOffering", { name: "huge", cpunumber: "1000", memory: "999999" });
  return (made.serviceoffering as Body).id;
}

async function extensionNetwork(admin: SignedClient, physical: string, zone: string) {
  const services = ["Dhcp", "Dns", "UserData", "CustomAction"];
  const details = { "details[0].network.services": services.join(",") };
  const made = await admin.call("createExtension", { name: "recsdn", type: "NetworkOrchestrator", ...details });
  const extensionid = String((made.extension as Body).id);
  await admin.call("registerExtension", { extensionid, resourcetype: "PhysicalNetwork", resourceid: physical });
  const providers = services.flatMap((service, index) => [
    [`serviceproviderlist[${index}].service`, service],
    [`serviceproviderlist[${index}].provider`, "recsdn"],
  ]);
  const offered = await admin.call("createNetworkOffering", {
    name: "ext-iso",
    guestiptype: "Isolated",
    traffictype: "GUEST",
    supportedservices: services.join(","),
    egressdefaultpolicy: "false",
    specifyvlan: "true",
    enable: "true",
    ...Object.fromEntries(providers),
  });
  const offering = String((offered.networkoffering as Body).id);
  const network = await admin.call("createNetwork", {
    name: "extnet",
    vlan: "999",
    gateway: "10.1.1.1",
    netmask: "255.255.255.0",
    networkofferingid: offering,
    zoneid: zone,
  });
  const target = { "parameters[0].name": "target", "parameters[0].type": "STRING", "parameters[0].required": "true" };
  const action = await admin.call("addCustomAction", {
    extensionid,
    name: "dump-flows",
    resourcetype: "Network",
    enabled: "true",
    ...target,
  });
  return { offering, network: (network.network as Body).id, action: (action.extensioncustomaction as Body).id };
}

/** The user of the recordings, with a key of her own. */
async function aliceOf(cloud: DevCloudProcess, admin: SignedClient, ours: Map<string, string>): Promise<SignedClient> {
  const users = await admin.call("listUsers", { listall: "true", username: "alice" });
  const [alice] = users.user as readonly Body[]; // Made by recording 079.
  expect(ours.size).toBeGreaterThan(0);
  const { userkeys } = await admin.job("registerUserKeys", { id: String(alice?.id) });
  const { apikey, secretkey } = userkeys as Body;
  return cloud.client({ apiKey: String(apikey), secretKey: String(secretkey) });
}

const PUBLIC_KEY = `ssh-rsa ${Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from("ssh-rsa"), Buffer.alloc(64, 7)]).toString("base64")}`;

/** Recorded parameters with our uuids and secrets of our own. */
function translated({ file, params }: Recording, ours: ReadonlyMap<string, string>): Parameters {
  const entries = Object.entries(params).map(([name, value]) => {
    if (name === "supportedservices") return [name, "Dhcp,Dns,UserData"]; // The others are refused by this version.
    const text = String(value)
      .split(",")
      .map((part) => ours.get(part) ?? part)
      .join(",");
    if (name === "publickey") return [name, PUBLIC_KEY];
    return [name, text === "<redacted>" ? "a-password" : text];
  });
  // Without source NAT an offering wants a VLAN and a prefix of each network.
  if (params.command === "createNetworkOffering") entries.push(["specifyvlan", "true"]);
  if (params.command === "createNetwork") entries.push(...withoutSourceNat(entries.map(([name = ""]) => name)));
  if (FOR_ALICE.test(file)) entries.push(["account", "alice"], ["domainid", ours.get(ALICES_DOMAIN) ?? ""]);
  return Object.fromEntries(entries);
}

/** The domain of recording 079's account. */
const ALICES_DOMAIN = "ac0e738f-8730-4296-8670-52dc2d1b94f6";
let nextVlan = 1_000;

/** What createNetwork needs beside the recorded parameters. */
function withoutSourceNat(recorded: readonly string[]): readonly string[][] {
  const vlan = ["vlan", String(nextVlan++)];
  return recorded.includes("gateway") ? [vlan] : [vlan, ["gateway", "10.1.1.1"], ["netmask", "255.255.255.0"]];
}

/** Notes which of our uuids stands where a recorded one stood. */
function learn(recorded: unknown, own: unknown, ours: Map<string, string>): void {
  if (typeof recorded === "string" && typeof own === "string") {
    const isKnown = ours.has(recorded) || !(UUID.test(recorded) || ADDRESS.test(recorded));
    if (!isKnown && own !== recorded) ours.set(recorded, own);
  } else if (Array.isArray(recorded) && Array.isArray(own)) {
    const same = recorded.length === own.length;
    if (same) for (const [index, item] of recorded.entries()) learn(item, own[index], ours);
  } else if (isObject(recorded) && isObject(own)) {
    for (const [name, value] of Object.entries(recorded)) learn(value, own[name], ours);
  }
}

function codeOf(job: unknown): unknown {
  return Object.values(job as Record<string, Body>)[0]?.jobresultcode; // One root key.
}

/** The text of an error without what differs from cloud to cloud: uuids and numbers. */
function errorText(body: unknown): string {
  const [error] = Object.values(body as Record<string, Body>); // One root key.
  return String(error?.errortext)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replace(/\d+/g, "N");
}
