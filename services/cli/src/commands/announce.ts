import type { ApiObject } from "@contrail/cloudstack-api";
import { DEFAULT_OFFERING } from "../cloudstack/installation.ts";
import { type Directories, REPOSITORY } from "../config.ts";
import { anyVlan } from "../demo/any-vlan.ts";
import { cloudPaths, cloudUrl } from "../supervisor/cloud-plan.ts";
import type { SystemStatus } from "../supervisor/status.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { REST_PORT, restSocket } from "./forward.ts";

const RUN = "npm run -s contrail --";

/** Where the configuration API is found; forwarded: it has its port on the machine's loopback. */
export function configurationLine({ run }: Pick<Directories, "run">, forwarded: boolean): string {
  if (forwarded) return `Configuration API: http://127.0.0.1:${REST_PORT}`;
  return `Configuration API: unix socket ${restSocket({ run })} (another program has 127.0.0.1:${REST_PORT})`;
}

/** Says that the system is up: its status as one line of JSON where it is given, else for people what they can do next. */
export async function announce(
  supervisor: Supervisor,
  status: SystemStatus | undefined,
  forwarded: boolean,
): Promise<void> {
  if (status !== undefined) process.stdout.write(`${JSON.stringify(status)}\n`);
  else {
    const { choice, directories, wishes } = supervisor;
    const { keyFile } = cloudPaths(directories);
    process.stdout.write(
      [
        `OpenContrail is up (${choice.engine} data plane). Ctrl-C stops it.`,
        `CloudStack's API:  ${cloudUrl(wishes.cloudPort)}`,
        `  its keys for cs, Ansible and others: ${keyFile}`,
        configurationLine(directories, forwarded),
        `Three commands to try, in another terminal, in ${REPOSITORY}:`,
        ...(await commandsToTry(supervisor)).map((command) => `  ${RUN} ${command}`),
        "The same with CloudStack's own client, in any Python environment (pip install cs):",
        `  CLOUDSTACK_CONFIG=${keyFile} cs listVirtualMachines`,
        `Then: ${RUN} demo, status, machine exec <machine> ping <address>, --help`,
        "",
      ].join("\n"),
    );
  }
}

/** A network, a machine in it, and the machines as they run: as they are to be typed, whatever the cloud has already. */
async function commandsToTry({ cloud }: Supervisor): Promise<readonly string[]> {
  const admin = cloud.admin();
  const [[zone], offerings, [service], [template], networks] = await Promise.all([
    admin.list("listZones", "zone"),
    admin.list("listNetworkOfferings", "networkoffering"),
    admin.list("listServiceOfferings", "serviceoffering"),
    admin.list("listTemplates", "template", { templatefilter: "all" }),
    admin.list("listNetworks", "network"),
  ]);
  const place = `zoneid=${idOf(zone)}`;
  const machine = `${place} serviceofferingid=${idOf(service)} templateid=${idOf(template)}`;
  const [network] = networks;
  const offering = idOf(offerings.find(({ name }) => name === DEFAULT_OFFERING));
  const subnet = `vlan=${anyVlan()} gateway=10.9.0.1 netmask=255.255.255.0`;
  return [
    network === undefined
      ? `cs createNetwork name=net1 ${place} networkofferingid=${offering} ${subnet}`
      : "cs listNetworks",
    // Without networkids it is in the only network that the admin has.
    `cs deployVirtualMachine ${machine}${network === undefined ? "" : ` networkids=${idOf(network)}`}`,
    "machine list",
  ];
}

function idOf(object: ApiObject | undefined): string {
  return String(object?.id);
}
