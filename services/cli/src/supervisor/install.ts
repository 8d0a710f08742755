import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CloudStackClient } from "@contrail/cloudstack-api";
import { REPOSITORY } from "../config.ts";

const NAME = "opencontrail";
export const OFFERING = "OpenContrail isolated";
const SERVICES = ["Dhcp", "Dns", "UserData"];

export async function installInCloud(
  admin: CloudStackClient,
  { extensionsDirectory, pluginSocket }: { extensionsDirectory: string; pluginSocket: string },
): Promise<void> {
  const folder = join(extensionsDirectory, NAME);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(REPOSITORY, "deploy/cloudstack/opencontrail.sh"), join(folder, `${NAME}.sh`));
  chmodSync(join(folder, `${NAME}.sh`), 0o755);
  const [offering] = await admin.list("listNetworkOfferings", "networkoffering", { name: OFFERING });
  if (offering !== undefined) return;
  const [physical] = await admin.list("listPhysicalNetworks", "physicalnetwork");
  const { extension } = (await admin.call("createExtension", {
    name: NAME,
    type: "NetworkOrchestrator",
    "details[0].network.services": SERVICES.join(","),
    "details[1].network.allocate.extension.ip": "false",
  })) as { extension: { id: string } };
  await admin.call("registerExtension", {
    extensionid: extension.id,
    resourcetype: "PhysicalNetwork",
    resourceid: String(physical?.id),
    "details[0].plugin-socket": pluginSocket,
  });
  const providers = SERVICES.flatMap((service, index) => [
    [`serviceproviderlist[${index}].service`, service],
    [`serviceproviderlist[${index}].provider`, NAME],
  ]);
  await admin.call("createNetworkOffering", {
    name: OFFERING,
    guestiptype: "Isolated",
    traffictype: "GUEST",
    supportedservices: SERVICES.join(","),
    specifyvlan: "true",
    enable: "true",
    ...Object.fromEntries(providers),
  });
}
