import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ApiObject } from "@contrail/cloudstack-api";
import { expect, test } from "vitest";
import type { Extension, Found, Offering, Provider, ScriptFile } from "./found.ts";
import { planInstall } from "./install-plan.ts";
import { EXTENSION_DESCRIPTION, EXTENSION_DETAILS, SERVICES, type Wanted } from "./installation.ts";
import type { Plan } from "./plan.ts";
import { allNetworks, type Cloud, isItsOwn, survey } from "./survey.ts";
import { planUninstall } from "./uninstall-plan.ts";

/** Lists as a CloudStack 4.23 management server gave them; by command. */
const RECORDED = JSON.parse(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), "testdata/recorded-lists.json"), "utf8"),
) as Readonly<Record<string, readonly ApiObject[]>>; // Written so.

/** Plays the recorded lists; nothing of it can be changed. */
const recorded: Cloud = {
  list: (command) => Promise.resolve(RECORDED[command] ?? []),
  call: (command) => Promise.reject(new Error(`${command} is not recorded`)),
  run: (command) => Promise.reject(new Error(`${command} is not recorded`)),
};

const WANTED: Wanted = {
  name: "opencontrail",
  offering: "OpenContrail isolated",
  plugin: { kind: "socket", path: "/run/contrail/cloudstack-plugin.sock" },
  zone: undefined,
  physicalNetworks: [],
};
const DETAILS = { "plugin-socket": "/run/contrail/cloudstack-plugin.sock" };
const PATH = "/usr/share/cloudstack-management/extensions/opencontrail/opencontrail.sh";
const PHYSICAL = "c09f077f-f1c7-4d7a-a556-a94d3c5be200";
const EXTENSION: Extension = {
  id: "e1",
  name: "opencontrail",
  description: EXTENSION_DESCRIPTION,
  type: "NetworkOrchestrator",
  path: PATH,
  pathready: true,
  state: "Enabled",
  details: { ...EXTENSION_DETAILS },
  resources: [{ id: PHYSICAL, name: "zone1-pnet", details: DETAILS }],
};
const PROVIDER: Provider = { id: "p1", name: "opencontrail", physicalnetworkid: PHYSICAL, state: "Enabled" };
const OFFERING: Offering = {
  id: "o1",
  name: "OpenContrail isolated",
  state: "Enabled",
  guestiptype: "Isolated",
  specifyvlan: true,
  forvpc: false,
  service: SERVICES.map((name) => ({ name, provider: [{ name: "opencontrail" }] })),
};
const ABSENT: ScriptFile = { kind: "absent", isWritable: false };

async function bare(): Promise<Found> {
  return survey(recorded, "opencontrail");
}

/** A whole installation in the recorded cloud, managed from another machine. */
async function whole(): Promise<Found> {
  const found = await bare();
  const offerings = [...found.offerings, OFFERING];
  return { ...found, extension: EXTENSION, script: ABSENT, providers: [PROVIDER], offerings };
}

const names = ({ steps }: Plan): readonly string[] => steps.map(({ name }) => name);
const actionOf = ({ steps }: Plan, name: string) => steps.find((step) => step.name === name)?.action;

test("the recorded cloud lacks all of it", async () => {
  const plan = planInstall(await bare(), WANTED);
  expect(plan).toMatchObject({ present: [], refusals: [], zone: { name: "zone1" } });
  expect(names(plan)).toEqual([
    "create-extension",
    "write-script",
    "enable-extension",
    "register-extension",
    "create-offering",
    "enable-offering",
  ]);
  expect(plan.steps[0]?.action).toEqual({
    kind: "call",
    command: "createExtension",
    parameters: {
      name: "opencontrail",
      type: "NetworkOrchestrator",
      description: "OpenContrail for CloudStack",
      state: "Disabled",
      "details[0].network.services": "Dhcp,Dns,UserData",
      "details[1].network.service.capabilities":
        '{"Dhcp":{},"Dns":{"AllowDnsSuffixModification":"true","ExternalDns":"true"},"UserData":{"Supported":"true"}}',
      "details[2].network.isolation.method": "NetworkExtension",
      "details[3].network.allocate.extension.ip": "false",
    },
  });
  expect(actionOf(plan, "create-offering")).toMatchObject({
    parameters: {
      supportedservices: "Dhcp,Dns,UserData",
      specifyvlan: "true",
      "serviceproviderlist[2].service": "UserData",
      "serviceproviderlist[2].provider": "opencontrail",
    },
  });
});

test("a whole installation lacks nothing", async () => {
  const plan = planInstall(await whole(), WANTED);
  expect(plan).toMatchObject({ steps: [], refusals: [] });
  expect(plan.present).toHaveLength(5);
});

const changed = (fields: Partial<Extension>) => (found: Found) => ({
  ...found,
  extension: { ...EXTENSION, ...fields },
});

test.each<[string, (found: Found) => Found, readonly string[]]>([
  ["no detail", changed({ details: {} }), ["mend-extension"]],
  [
    "a detail of an older version",
    changed({ details: { ...EXTENSION_DETAILS, "network.services": "Dhcp" } }),
    ["mend-extension"],
  ],
  ["the executable missing elsewhere", changed({ pathready: false, state: "Disabled" }), ["enable-extension"]],
  [
    "the executable missing here",
    (found) => ({
      ...changed({ pathready: false, state: "Disabled" })(found),
      script: { kind: "absent", isWritable: true },
    }),
    ["write-script", "enable-extension"],
  ],
  [
    "the executable put there, CloudStack not yet having looked",
    (found) => ({
      ...changed({ pathready: false, state: "Disabled" })(found),
      script: { kind: "same", isWritable: true },
    }),
    ["enable-extension"],
  ],
  ["another executable here", (found) => ({ ...found, script: { kind: "other", isWritable: true } }), ["write-script"]],
  ["the extension disabled", changed({ state: "Disabled" }), ["enable-extension"]],
  ["no registration", (found) => ({ ...changed({ resources: [] })(found), providers: [] }), ["register-extension"]],
  [
    "the plugin registered elsewhere",
    changed({ resources: [{ id: PHYSICAL, name: "n", details: { "plugin-socket": "/elsewhere" } }] }),
    ["mend-registration"],
  ],
  [
    "a URL registered beside the socket, which it would hide",
    changed({ resources: [{ id: PHYSICAL, name: "n", details: { ...DETAILS, "plugin-url": "https://x" } }] }),
    ["mend-registration"],
  ],
  ["the provider gone", (found) => ({ ...found, providers: [] }), ["unregister-extension"]],
  [
    "the provider disabled",
    (found) => ({ ...found, providers: [{ ...PROVIDER, state: "Disabled" }] }),
    ["enable-provider"],
  ],
  ["no offering", (found) => ({ ...found, offerings: [] }), ["create-offering", "enable-offering"]],
  [
    "the offering disabled",
    (found) => ({ ...found, offerings: [{ ...OFFERING, state: "Disabled" }] }),
    ["enable-offering"],
  ],
])("with %s, only that is mended", async (_what, change, expected) => {
  const plan = planInstall(change(await whole()), WANTED);
  expect(plan.refusals).toEqual([]);
  expect(names(plan)).toEqual(expected);
  expect(plan.steps[0]?.action.kind).not.toBe("later");
});

test("details and registration keep what somebody else put there", async () => {
  const details = { ...EXTENSION_DETAILS, "network.services": "Dhcp", colour: "green" };
  const resources = [{ id: PHYSICAL, name: "n", details: { hosts: "h", "plugin-url": "https://old" } }];
  const plan = planInstall(changed({ details, resources })(await whole()), WANTED);
  expect(actionOf(plan, "mend-extension")).toMatchObject({ parameters: { "details[4].colour": "green" } });
  expect(actionOf(plan, "mend-registration")).toMatchObject({
    parameters: { "details[0].hosts": "h", "details[1].plugin-socket": "/run/contrail/cloudstack-plugin.sock" },
  });
  expect(JSON.stringify(actionOf(plan, "mend-registration"))).not.toContain("https://old");
  expect(plan.steps.filter(({ overwrites }) => overwrites).map(({ name }) => name)).toEqual(["mend-registration"]);
});

test.each<[string, Partial<Wanted>, RegExp]>([
  ["an extension", { name: "recsdn" }, /extension recsdn that is not OpenContrail's.*"recorder"/],
  ["a provider that no extension made", { name: "ConfigDrive" }, /zone1-pnet has a provider ConfigDrive/],
  ["an offering", { offering: "my-iso" }, /offering "my-iso".*its service \w+ is given by recsdn/],
])("%s of a stranger with the wanted name is refused", async (_what, wanted, refusal) => {
  const own = { ...WANTED, ...wanted };
  expect(planInstall(await survey(recorded, own.name), own).refusals.join()).toMatch(refusal);
});

test.each<[string, Partial<Offering>, RegExp]>([
  [
    "more services",
    { service: [...OFFERING.service, { name: "Lb", provider: [{ name: "opencontrail" }] }] },
    /services are Dhcp, Dns, Lb/,
  ],
  ["no service", { service: [] }, /services are none/],
  ["another type", { guestiptype: "Shared" }, /type Shared/],
  ["no VLAN", { specifyvlan: false }, /takes no VLAN/],
])("an offering of the name with %s is refused", async (_what, fields, refusal) => {
  const found = { ...(await whole()), offerings: [{ ...OFFERING, ...fields }] };
  expect(planInstall(found, WANTED).refusals.join()).toMatch(refusal);
});

test.each([
  [PATH, true],
  ["/opencontrail/opencontrail.sh", true],
  ["opencontrail/opencontrail.sh", false],
  ["/etc/cron.d/opencontrail.sh", false],
  ["/a/../b/opencontrail/opencontrail.sh", false],
  ["", false],
])("a file is looked for and written at %s: %j", (path, isOwn) => {
  expect(isItsOwn(path, "opencontrail")).toBe(isOwn);
});

test("an enabled extension whose executable got lost elsewhere is no success", async () => {
  const found = changed({ pathready: false })(await whole());
  expect(planInstall(found, WANTED).refusals.join()).toContain(`the management server has lost ${PATH}`);
});

test("all physical networks of the zone that carry guest traffic are registered, or those that are named", async () => {
  const found = await whole();
  const [first] = found.physicalNetworks;
  if (first === undefined) throw new Error("the recording has a physical network");
  const all = [
    first,
    { ...first, id: "second", name: "second" },
    { ...first, id: "storage", name: "storage", carriesGuests: false },
    { ...first, id: "far", name: "far", zoneid: "another zone" },
  ];
  const plan = (wanted: Partial<Wanted>): Plan =>
    planInstall({ ...found, physicalNetworks: all }, { ...WANTED, ...wanted });
  expect(plan({}).steps.map(({ text }) => text)).toEqual([
    "register extension opencontrail with physical network second, which makes provider opencontrail",
  ]);
  expect(names(plan({ physicalNetworks: ["zone1-pnet"] }))).toEqual([]);
  expect(plan({ physicalNetworks: ["storage"] }).refusals).toEqual([
    "physical network storage of zone zone1 carries no guest traffic; guest traffic is on: zone1-pnet, second",
  ]);
  expect(plan({ physicalNetworks: ["far"] }).refusals.join()).toMatch(/is not there/);
});

test("several zones ask for a choice", async () => {
  const found = await bare();
  const zones = [...found.zones, { id: "z2", name: "zone2" }];
  expect(planInstall({ ...found, zones }, WANTED).refusals).toEqual([
    "there are several zones: zone1, zone2; choose one by --zone",
  ]);
  expect(planInstall({ ...found, zones }, { ...WANTED, zone: "zone1" }).refusals).toEqual([]);
  expect(planInstall({ ...found, zones }, { ...WANTED, zone: "zone3" }).refusals.join()).toMatch(/no zone zone3/);
  expect(planInstall({ ...found, zones: [] }, WANTED).refusals.join()).toMatch(/has no zone/);
});

const NAMES = { name: WANTED.name, offering: WANTED.offering };

test("what is not there needs no removal", async () => {
  expect(planUninstall(await bare(), NAMES, await allNetworks(recorded))).toMatchObject({ steps: [], refusals: [] });
});

test("a removal goes the way back", async () => {
  const found: Found = { ...(await whole()), script: { kind: "same", isWritable: true } };
  expect(names(planUninstall(found, NAMES, []))).toEqual([
    "delete-offering",
    "unregister-extension",
    "disable-extension",
    "remove-script",
    "delete-extension",
  ]);
  const foreign = planUninstall({ ...found, script: { kind: "other", isWritable: true } }, NAMES, []);
  expect(names(foreign)).not.toContain("remove-script");
  expect(foreign.present.join()).toMatch(/remove it by hand/);
});

test("networks, and offerings of others, stand in the way of a removal", async () => {
  const networks = await allNetworks(recorded);
  const used = { ...OFFERING, id: networks[0]?.networkofferingid ?? "none" };
  const foreign = { ...OFFERING, id: "o2", name: "mine" };
  const found = { ...(await whole()), offerings: [used, foreign] };
  const { refusals } = planUninstall(found, NAMES, networks);
  expect(refusals).toEqual([
    expect.stringMatching(
      /^network extnet \(.*account admin, domain ROOT\) uses network offering "OpenContrail isolated"/,
    ),
    'network offering "mine" (o2) has its services from the extension; delete it first',
  ]);
});

test("names of CloudStack's users stay on their line and move no cursor", async () => {
  const found = { ...(await whole()), offerings: [OFFERING] };
  const network = { id: "n", name: "a\u001b[2J\nb", networkofferingid: OFFERING.id, account: "x\ny", domain: "ROOT" };
  const { refusals } = planUninstall(found, NAMES, [network]);
  expect(refusals.join()).toMatch(/^network a \[2J b \(n, account x y, domain ROOT\)/);
});

test("an extension of a stranger stays at a removal", async () => {
  const found = await survey(recorded, "recsdn");
  const plan = planUninstall(found, { name: "recsdn", offering: "my-iso" }, []);
  expect(plan.steps).toEqual([]);
  expect(plan.refusals.join()).toMatch(/recsdn is not OpenContrail's/);
});
