import { apiDate } from "../date.ts";
import type { JsonObject } from "../json.ts";
import type { ExtensionRow, NetworkRow, PhysicalNetworkRow, ProviderRow, TagRow } from "../rows.ts";
import { need, type World } from "../world.ts";
import { ownerView } from "./owner-view.ts";
import { serviceView } from "./service-view.ts";

/** A tag in listTags. */
export function tagView(world: World, tag: TagRow): JsonObject {
  return {
    key: tag.key,
    value: tag.value,
    resourcetype: tag.resourceType,
    resourceid: tag.resource,
    ...ownerView(world, tag.account),
  };
}

/** The tags of a thing. */
export function tagsOf(world: World, uuid: string): readonly JsonObject[] {
  return world.where("tag", "resource", uuid).map(({ key, value }) => ({ key, value }));
}

/** A guest network; `vlan` of an extension's network is "N/A", and broadcasturi shows when it was implemented. */
export function networkView(world: World, network: NetworkRow): JsonObject {
  const zone = need(world, "zone", network.zone);
  const offering = need(world, "networkOffering", network.offering);
  const broadcast = network.broadcastUri;
  return {
    id: network.uuid,
    name: network.name,
    displaytext: network.displaytext,
    broadcastdomaintype: network.broadcastType,
    traffictype: "Guest",
    gateway: network.gateway,
    netmask: network.netmask,
    cidr: network.cidr,
    zoneid: zone.uuid,
    zonename: zone.name,
    networkofferingid: offering.uuid,
    networkofferingname: offering.name,
    networkofferingdisplaytext: offering.displaytext,
    networkofferingconservemode: offering.conserveMode,
    networkofferingavailability: offering.availability,
    issystem: false,
    state: network.state,
    related: network.uuid,
    broadcasturi: broadcast,
    dns1: network.dns1 ?? zone.dns1,
    dns2: network.dns1 === undefined ? zone.dns2 : network.dns2,
    type: offering.guestIpType,
    vlan: broadcast === undefined ? undefined : "N/A",
    acltype: "Account",
    ...ownerView(world, network.account),
    service: offering.services.map((service) => serviceView(world, service)),
    networkdomain: network.networkDomain,
    physicalnetworkid: network.physicalNetwork,
    restartrequired: false,
    specifyvlan: offering.specifyVlan,
    specifyipranges: false,
    canusefordeploy: true,
    ispersistent: offering.isPersistent,
    tags: tagsOf(world, network.uuid),
    details: networkDetails(network),
    displaynetwork: true,
    strechedl2subnet: false,
    redundantrouter: false,
    supportsvmautoscaling: false,
    created: apiDate(network.createdMs),
    receivedbytes: 0,
    sentbytes: 0,
    egressdefaultpolicy: offering.egressDefaultPolicy,
    ...UNIFORM,
  };
}

/** The same for every network. */
const UNIFORM = { publicmtu: 1500, privatemtu: 1500, keepmacaddressonpublicnic: true, hasannotations: false };

function networkDetails({ details, extensionDetails }: NetworkRow): JsonObject {
  return extensionDetails === undefined ? details : { ...details, "extension.details": extensionDetails };
}

/** A physical network. */
export function physicalNetworkView(world: World, network: PhysicalNetworkRow): JsonObject {
  const zone = need(world, "zone", network.zone);
  return {
    id: network.uuid,
    name: network.name,
    broadcastdomainrange: "ZONE",
    zoneid: zone.uuid,
    zonename: zone.name,
    state: "Enabled",
    vlan: network.vlan,
    isolationmethods: "VLAN",
  };
}

/** A provider of network services. */
export function providerView(provider: ProviderRow): JsonObject {
  return {
    name: provider.name,
    physicalnetworkid: provider.physicalNetwork,
    state: provider.state,
    id: provider.uuid,
    servicelist: provider.services,
    canenableindividualservice: true,
  };
}

/** An extension with its registrations; `path` is the executable itself. */
export function extensionView(world: World, extension: ExtensionRow, path: string, ready: boolean): JsonObject {
  const resources = world.where("extensionResource", "extension", extension.uuid).map((resource) => {
    const network = need(world, "physicalNetwork", resource.physicalNetwork);
    return {
      id: network.uuid,
      name: network.name,
      type: "PhysicalNetwork",
      details: hideSecrets(resource.details),
      created: apiDate(resource.createdMs),
    };
  });
  return {
    id: extension.uuid,
    name: extension.name,
    description: extension.description,
    type: extension.type,
    path,
    pathready: ready,
    isuserdefined: true,
    state: extension.state,
    details: Object.keys(extension.details).length === 0 ? undefined : extension.details,
    resources: resources.length === 0 ? undefined : resources,
    created: apiDate(extension.createdMs),
  };
}

function hideSecrets(details: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(details).filter(([key]) => key !== "password"));
}
