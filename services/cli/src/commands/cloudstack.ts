import { type Command, Option } from "commander";
import { DEFAULT_NAME, DEFAULT_OFFERING } from "../cloudstack/installation.ts";
import { cloudStackInstall, cloudStackUninstall } from "./cloudstack-install.ts";
import { cloudStackDiff, cloudStackEvents, cloudStackReconcile, cloudStackStatus } from "./cloudstack-plugin.ts";
import { wholeNumber } from "./option-values.ts";

const PLUGIN_SOCKET = "/run/contrail/cloudstack-plugin.sock";
const again = (value: string, all: string[]): string[] => [...all, value];

type Run = (work: Promise<number>) => Promise<void>;

/** Adds `contrail cloudstack …`; `run` takes a command's exit code. */
export function addCloudStackCommands(program: Command, run: Run): void {
  const group = program.command("cloudstack").description("CloudStack: install into it, and what the plugin does");
  addInstallation(group, run);
  addPlugin(group, run);
}

const json = (): Option => new Option("--json", "machine-readable output").default(false);

/** Commands that call CloudStack's API. */
function addInstallation(group: Command, run: Run): void {
  const reaching = (name: string, text: string): Command =>
    group
      .command(name)
      .description(text)
      .requiredOption("--api-key-file <file>", "cloudstack.ini of an admin, or two lines: API key, secret key")
      .option("--url <url>", "https://<management server>:8443/client/api; where not given, that of the key file")
      .option("--ca-file <file>", "certificate of the authority of the URL's host, in PEM")
      .option("--name <name>", "of extension, executable and provider", DEFAULT_NAME)
      .option("--offering <name>", "of the network offering", DEFAULT_OFFERING)
      .option("--plan", "show the steps, change nothing", false)
      .addOption(json());
  reaching("install", "make extension, executable, registration, provider and network offering; what is there stays")
    .option("--zone <zone>", "name or uuid; where not given, the only one")
    .option(
      "--physical-network <name>",
      "name or uuid; may be given again; where not given, all of the zone that carry guest traffic",
      again,
      [],
    )
    .addOption(
      new Option("--plugin-socket <path>", "unix socket of the plugin on the management server").default(PLUGIN_SOCKET),
    )
    .option("--plugin-url <url>", "https:// URL of a plugin on another machine, reached by mutual TLS")
    .option(
      "--wait <seconds>",
      "wait so long for opencontrail.sh, where it cannot be put in its place from here",
      "600",
    )
    .option("--yes", "overwrite what differs", false)
    .action((options) => run(cloudStackInstall(options)));
  reaching("uninstall", "remove what install made; refused as long as networks use it").action((options) =>
    run(cloudStackUninstall(options)),
  );
}

/** Commands that ask the plugin. */
function addPlugin(group: Command, run: Run): void {
  const asking = (name: string, text: string): Command =>
    group
      .command(name)
      .description(text)
      .option("--socket <path>", "control socket of the plugin; where not given, that of the running system")
      .addOption(json());
  asking("status", "what the plugin does, what is wrong and the next step; exit code 3 where something is").action(
    (options) => run(cloudStackStatus(options)),
  );
  asking("events", "the last events of the plugin")
    .option("--limit <number>", "events, 1000 at most", wholeNumber(1, 1_000), 100)
    .action((options) => run(cloudStackEvents(options)));
  asking("diff", "where the configuration differs from CloudStack; exit code 3 where it does")
    .option("--limit <number>", "differences that are shown, 1000000 at most", wholeNumber(1, 1_000_000), 1_000)
    .action((options) => run(cloudStackDiff(options)));
  asking("reconcile", "settle what diff shows; exit code 3 where something could not be settled")
    .option("--without-grace", "remove at once what CloudStack no longer has", false)
    .option("--remove-many", "remove also where that is more than half of the networks or ports, or all", false)
    .option("--other-cloud", "from now on another CloudStack is meant than the one that the objects came from", false)
    .action((options) => run(cloudStackReconcile(options)));
}
