import { apiDate } from "../date.ts";
import type { JsonObject } from "../json.ts";
import type { DiskOfferingRow, NetworkOfferingRow, OsTypeRow, ServiceOfferingRow, TemplateRow } from "../rows.ts";
import { need, type World } from "../world.ts";
import { HYPERVISOR } from "./infrastructure-view.ts";
import { serviceView } from "./service-view.ts";

/** A compute offering; as CloudStack's simulator shows those that it has of itself and those that were made. */
export function serviceOfferingView(world: World, offering: ServiceOfferingRow): JsonObject {
  const disk = need(world, "diskOffering", offering.diskOffering);
  return {
    id: offering.uuid,
    name: offering.name,
    state: "Active",
    displaytext: offering.displaytext,
    cpunumber: offering.cpus,
    cpuspeed: offering.cpuMhz,
    memory: offering.memoryMiB,
    created: apiDate(offering.createdMs),
    storagetype: "shared",
    provisioningtype: "thin",
    offerha: false,
    limitcpuuse: false,
    isvolatile: false,
    issystem: false,
    defaultuse: false,
    iscustomized: false,
    rootdisksize: 0,
    dynamicscalingenabled: true,
    diskofferingstrictness: false,
    diskofferingid: disk.uuid,
    diskofferingname: disk.name,
    diskofferingdisplaytext: disk.displaytext,
    encryptroot: false,
    gpudisplay: offering.isUserMade ? false : undefined,
    hasannotations: false,
  };
}

/** A disk offering. */
export function diskOfferingView(offering: DiskOfferingRow): JsonObject {
  return {
    id: offering.uuid,
    name: offering.name,
    state: "Active",
    displaytext: offering.displaytext,
    disksize: offering.sizeGiB,
    created: apiDate(offering.createdMs),
    iscustomized: false,
    storagetype: "shared",
    provisioningtype: "thin",
    displayoffering: true,
    disksizestrictness: false,
    encrypt: false,
    hasannotations: false,
  };
}

/** Clients expect the compute offering of a virtual router, which there is none of here. */
const SYSTEM_OFFERING = "5fcb2ebf-2556-42b3-9d16-000000000000";

/** A network offering. */
export function networkOfferingView(world: World, offering: NetworkOfferingRow): JsonObject {
  return {
    id: offering.uuid,
    name: offering.name,
    displaytext: offering.displaytext,
    created: apiDate(offering.createdMs),
    traffictype: "Guest",
    isdefault: false,
    specifyvlan: offering.specifyVlan,
    conservemode: offering.conserveMode,
    specifyipranges: false,
    availability: offering.availability,
    networkrate: 200,
    state: offering.state,
    guestiptype: offering.guestIpType,
    serviceofferingid: SYSTEM_OFFERING,
    service: offering.services.map((service) => serviceView(world, service, false)),
    forvpc: offering.forVpc,
    fornsx: false,
    fortungsten: false,
    ispersistent: offering.isPersistent,
    egressdefaultpolicy: offering.egressDefaultPolicy,
    supportsstrechedl2subnet: false,
    supportspublicaccess: false,
    supportsinternallb: false,
    internetprotocol: "IPv4",
    specifyasnumber: false,
    hasannotations: false,
  };
}

/** An operating system of a template. */
export function osTypeView(ostype: OsTypeRow): JsonObject {
  return {
    id: ostype.uuid,
    oscategoryid: osCategoryId(ostype),
    oscategoryname: ostype.category,
    name: ostype.name,
    description: ostype.name,
    isuserdefined: false,
    fordisplay: true,
  };
}

/** The category's id: made from the system's, of which each category has one. */
export function osCategoryId({ uuid }: OsTypeRow): string {
  return `${uuid.slice(0, 14)}5${uuid.slice(15)}`;
}

/** A template. */
export function templateView(world: World, template: TemplateRow): JsonObject {
  const zone = need(world, "zone", template.zone);
  const ostype = need(world, "osType", template.ostype);
  const [root] = world.all("domain");
  return {
    id: template.uuid,
    name: template.name,
    displaytext: template.displaytext,
    ispublic: true,
    created: apiDate(template.createdMs),
    isready: true,
    passwordenabled: template.passwordEnabled,
    format: "VHD",
    isfeatured: true,
    crossZones: true,
    ostypeid: ostype.uuid,
    ostypename: ostype.name,
    account: "system",
    zoneid: zone.uuid,
    zonename: zone.name,
    status: "Download Complete",
    size: 2147483648,
    physicalsize: 2147483648,
    templatetype: "BUILTIN",
    hypervisor: HYPERVISOR,
    domain: root?.name,
    domainpath: root?.name,
    domainid: root?.uuid,
    isextractable: false,
    checksum: "",
    details: {},
    downloaddetails: [
      {
        downloadState: "DOWNLOADED",
        datastore: "devcloud-images",
        datastoreRole: "Image",
        downloadPercent: "100",
        datastoreId: template.uuid,
      },
    ],
    arch: "x86_64",
    bits: 0,
    sshkeyenabled: false,
    isdynamicallyscalable: false,
    directdownload: false,
    deployasis: false,
    forcks: false,
    requireshvm: false,
    url: "",
    tags: [],
    hasannotations: false,
  };
}
