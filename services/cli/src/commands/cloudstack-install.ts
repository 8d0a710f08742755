import { readFileSync } from "node:fs";
import { CloudStackClient, httpTransport, readKeyFile } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import { systemClock } from "@contrail/runtime";
import type { Applied, Applying } from "../cloudstack/apply.ts";
import { install, installPlan, uninstall, uninstallPlan } from "../cloudstack/install.ts";
import type { PluginAddress, Wanted } from "../cloudstack/installation.ts";
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
/** opencontrail.sh takes no other characters in an address. */
const ADDRESS = /^[A-Za-z0-9._:/-]+$/;

/** `contrail cloudstack install`. */
export async function cloudStackInstall(options: InstallOptions): Promise<number> {
  const cloud = cloudOf(options);
  const plugin = pluginOf(options);
  const wanted: Wanted = {
    name: checkedName(options.name),
    offering: options.offering,
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
export async function cloudStackUninstall(options: ReachOptions): Promise<number> {
  const cloud = cloudOf(options);
  const names = { name: checkedName(options.name), offering: options.offering };
  if (options.plan) return showPlan(await uninstallPlan(cloud, names), options.json);
  showApplied(await uninstall(names, applying(cloud, true, 0)), options.json);
  return 0;
}

function applying(cloud: CloudStackClient, mayOverwrite: boolean, waitMs: number): Applying {
  return { cloud, clock: systemClock, signal: new AbortController().signal, mayOverwrite, waitMs, progress };
}

function cloudOf({ apiKeyFile, url: given, caFile }: ReachOptions): CloudStackClient {
  const { keys, endpoint } = readKeyFile(apiKeyFile);
  const url = given ?? endpoint;
  if (url === undefined)
    throw wrong(`${apiKeyFile} has no endpoint: give --url https://<management server>/client/api`);
  const certificateAuthority = caFile === undefined ? undefined : certificate(caFile);
  return new CloudStackClient(httpTransport({ url, certificateAuthority }), keys, systemClock);
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
  return `${certificates}\nnetworks of offering "${offering}" want vlan (any that is free, outside the zone's range), gateway and netmask\n`;
}

function wrong(message: string): ContrailError {
  return new ContrailError("cloudstack.bad_request", message);
}
