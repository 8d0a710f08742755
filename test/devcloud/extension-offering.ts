import type { Body, Parameters, SignedClient } from "./signed-client.ts";

/** An extension of networks as a test wants it. */
export interface WantedExtension {
  readonly name: string;
  readonly services: readonly string[];
  /** Details of its registration to the physical network, as details[0].hosts. */
  readonly registration: Parameters;
  /** Name of its network offering. */
  readonly offering: string;
}

/** Ids of what an extension's networks are made with. */
export interface OfferedExtension {
  readonly zone: string;
  readonly extension: string;
  readonly offering: string;
}

/** Makes an extension and registers it, with an offering without source NAT, as recorded. */
export async function offerExtension(admin: SignedClient, wanted: WantedExtension): Promise<OfferedExtension> {
  const { name, services, registration } = wanted;
  const made = await admin.call("createExtension", {
    name,
    type: "NetworkOrchestrator",
    "details[0].network.services": services.join(","),
  });
  const extension = String((made.extension as Body).id);
  await admin.call("registerExtension", {
    extensionid: extension,
    resourcetype: "PhysicalNetwork",
    resourceid: await firstId(admin, "listPhysicalNetworks", "physicalnetwork"),
    ...registration,
  });
  const providers = services.flatMap((service, index) => [
    [`serviceproviderlist[${index}].service`, service],
    [`serviceproviderlist[${index}].provider`, name],
  ]);
  const offered = await admin.call("createNetworkOffering", {
    name: wanted.offering,
    guestiptype: "Isolated",
    traffictype: "GUEST",
    supportedservices: services.join(","),
    specifyvlan: "true",
    enable: "true",
    ...Object.fromEntries(providers),
  });
  const zone = await firstId(admin, "listZones", "zone");
  return { zone, extension, offering: String((offered.networkoffering as Body).id) };
}

/** Makes a network with a VLAN of its own; gives its id. */
export async function makeNetwork(
  client: SignedClient,
  { zone, offering }: Pick<OfferedExtension, "zone" | "offering">,
  name: string,
  vlan: number,
  more: Parameters = {},
): Promise<string> {
  const made = await client.call("createNetwork", {
    name,
    networkofferingid: offering,
    zoneid: zone,
    vlan: String(vlan),
    gateway: "10.40.0.1",
    netmask: "255.255.255.0",
    ...more,
  });
  return String((made.network as Body).id);
}

/** Parameters of a machine in networks. */
export async function machineParameters(
  client: SignedClient,
  zone: string,
  name: string,
  networks: readonly string[],
  more: Parameters = {},
): Promise<Parameters> {
  return {
    name,
    zoneid: zone,
    serviceofferingid: await firstId(client, "listServiceOfferings", "serviceoffering"),
    templateid: await firstId(client, "listTemplates", "template", { templatefilter: "all" }),
    networkids: networks.join(","),
    ...more,
  };
}

/** The id of the first item of a list. */
export async function firstId(
  client: SignedClient,
  command: string,
  key: string,
  parameters: Parameters = {},
): Promise<string> {
  const answer = await client.call(command, parameters);
  const [item] = answer[key] as readonly Body[]; // A list, by its name.
  return String(item?.id);
}
