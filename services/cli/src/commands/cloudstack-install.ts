import { readFileSync } from "node:fs";
import { CloudStackClient, httpTransport, type KeyFile, readKeyFile } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import { systemClock } from "@contrail/runtime";
import type { Applied, Applying } from "../cloudstack/apply.ts";
import { install, installPlan, uninstall, uninstallPlan } from "../cloudstack/install.ts";
import type { PluginAddress, Wanted } from "../cloudstack/installation.ts";
import { withNextStep } from "../cloudstack/next-step.ts";
import type { Plan } from "../cloudstack/plan.ts";
import { progress } from "./report.ts";

/** Options of `cloudstack install` and `uninstall`, as commander gives them. */
interface ReachOptions {
  readonly apiKeyFile: string;
  readonly url?: string;
  readonly caFile?: string;
  readonly name: string;
  readonly offering: string;
  readonly plan: boolean;
  readonly json: boolean;
}

interface InstallOptions extends ReachOptions {
  readonly zone?: string;
  readonly physicalNetwork: readonly string[];
  readonly pluginSocket: string;
  readonly pluginUrl?: string;
  readonly wait: string;
  readonly yes: boolean;
}

/** Names that CloudStack takes for an extension: also those of its folder and executable. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
/** network_offerings.name of CloudStack's database is a varchar(64). */
const MAX_OFFERING = 64;
/** opencontrail.sh takes no other characters in an address. */
const ADDRESS = /^[A-Za-z0-9._:/-]+$/;

/** `contrail cloudstack install`. */
export function cloudStackInstall(options: InstallOptions): Promise<number> {
  return reaching(options, (cloud) => installInto(cloud, options));
}

async function installInto(cloud: CloudStackClient, options: InstallOptions): Promise<number> {
  const plugin = pluginOf(options);
  const wanted: Wanted = {
    name: checkedName(options.name),
    offering: checkedOffering(options.offering),
    plugin,
    zone: options.zone,
    physicalNetworks: options.physicalNetwork,
  };
  const waitSeconds = Number(options.wait);
  if (!Number.isFinite(waitSeconds) || waitSeconds < 0) throw wrong(`--wait ${options.wait}: seconds are wanted`);
  if (options.plan) return showPlan(await installPlan(cloud, wanted), options.json);
  const applied = await install(wanted, applying(cloud, options.yes, waitSeconds * 1_000));
  showApplied(applied, options.json);
  if (!options.json) process.stdout.write(nextStep(options, plugin));
  return 0;
}

/** `contrail cloudstack uninstall`. */
export function cloudStackUninstall(options: ReachOptions): Promise<number> {
  return reaching(options, async (cloud) => {
    const names = { name: checkedName(options.name), offering: checkedOffering(options.offering) };
    if (options.plan) return showPlan(await uninstallPlan(cloud, names), options.json);
    showApplied(await uninstall(names, applying(cloud, true, 0)), options.json);
    return 0;
  });
}

/** Works with CloudStack's API; errors of it say what to do next, and with --json a refusal is an object on stdout too. */
async function reaching(options: ReachOptions, work: (cloud: CloudStackClient) => Promise<number>): Promise<number> {
  const { url, client } = cloudOf(options);
  try {
    return await work(client);
  } catch (reason) {
    const error = withNextStep(reason, url);
    const { refusals, done } = error.fields;
    if (options.json && Array.isArray(refusals)) {
      const changed = Array.isArray(done) && done.length > 0;
      process.stdout.write(`${JSON.stringify({ changed, done: done ?? [], refusals })}\n`);
    }
    throw error;
  }
}

function applying(cloud: CloudStackClient, mayOverwrite: boolean, waitMs: number): Applying {
  return { cloud, clock: systemClock, signal: new AbortController().signal, mayOverwrite, waitMs, progress };
}

function cloudOf({ apiKeyFile, url: given, caFile }: ReachOptions): { readonly url: string; client: CloudStackClient } {
  const { keys, endpoint } = keysOf(apiKeyFile);
  const url = given ?? endpoint;
  if (url === undefined)
    throw wrong(`${apiKeyFile} has no endpoint: give --url https://<management server>/client/api`);
  const certificateAuthority = caFile === undefined ? undefined : certificate(caFile);
  return { url, client: new CloudStackClient(httpTransport({ url, certificateAuthority }), keys, systemClock) };
}

function keysOf(file: string): KeyFile {
  try {
    return readKeyFile(file);
  } catch (reason) {
    throw wrong(`--api-key-file: ${ContrailError.from(reason).message}`);
  }
}

function certificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (reason) {
    throw wrong(`--ca-file ${file}: ${ContrailError.from(reason).message}`);
  }
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw wrong(`--name ${JSON.stringify(name)}: letters, digits, ".", "_" and "-" are wanted, at most 63`);
}

function checkedOffering(name: string): string {
  if (name.trim() !== "" && name.length <= MAX_OFFERING) return name;
  throw wrong(`--offering ${JSON.stringify(name)}: a name of 1 to ${MAX_OFFERING} characters is wanted`);
}

function pluginOf({ pluginSocket, pluginUrl }: InstallOptions): PluginAddress {
  const address = pluginUrl ?? pluginSocket;
  if (!ADDRESS.test(address)) throw wrong(`${JSON.stringify(address)}: letters, digits and ._:/- are wanted`);
  if (pluginUrl === undefined) {
    if (!pluginSocket.startsWith("/")) throw wrong(`--plugin-socket ${pluginSocket}: an absolute path is wanted`);
    return { kind: "socket", path: pluginSocket };
  }
  if (!pluginUrl.startsWith("https://")) throw wrong(`--plugin-url ${pluginUrl}: an https:// URL is wanted`);
  return { kind: "url", url: pluginUrl };
}

function showPlan({ present, steps, refusals }: Plan, json: boolean): number {
  if (json) {
    const shown = steps.map(({ name, text, overwrites }) => ({ name, text, overwrites }));
    process.stdout.write(`${JSON.stringify({ present, steps: shown, refusals })}\n`);
  } else {
    const lines = [
      ...present.map((text) => `there     ${text}`),
      ...steps.map(({ text, overwrites }) => `${overwrites ? "overwrite" : "to do    "} ${text}`),
      ...refusals.map((text) => `refused   ${text}`),
      ...(steps.length === 0 && refusals.length === 0 ? ["nothing to do"] : []),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  return refusals.length === 0 ? 0 : 1;
}

function showApplied({ present, done }: Applied, json: boolean): void {
  if (json) {
    const shown = done.map(({ name, text }) => ({ name, text }));
    process.stdout.write(`${JSON.stringify({ changed: done.length > 0, present, done: shown })}\n`);
    return;
  }
  const lines = [
    ...present.map((text) => `there  ${text}`),
    ...done.map(({ text }) => `done   ${text}`),
    ...(done.length === 0 ? ["nothing to do"] : []),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function nextStep({ name, offering }: InstallOptions, plugin: PluginAddress): string {
  const certificates =
    plugin.kind === "url"
      ? `\nclient.pem, client.key and ca.pem belong beside ${name}.sh: see docs/cloudstack.md\n`
      : "";
  return [
    certificates,
    `networks of offering "${offering}" want vlan (any that is free, outside the zone's range), gateway and netmask;`,
    "only a root administrator may give the VLAN: he makes them for others with account and domainid",
    "",
  ].join("\n");
}

function wrong(message: string): ContrailError {
  return new ContrailError("cloudstack.bad_request", message);
}
