import { ApiError, invalid } from "../../core/api-error.ts";
import { checkLimit } from "../../core/limits.ts";
import { FOR_OWNER, flag, list, map, needRef, needText, OWNED_LIST, ref, text } from "../../core/parameter.ts";
import type { NetworkOfferingRow, NetworkRow } from "../../core/rows.ts";
import { subnetOf } from "../../core/subnet.ts";
import { networkView } from "../../core/views/network-view.ts";
import { need } from "../../core/world.ts";
import type { Answer, Call, Command } from "../command.ts";
import { listOwned, ownerFor } from "../scope.ts";

export const NETWORKS: readonly Command[] = [
  {
    name: "listNetworks",
    description: "Lists guest networks",
    access: "user",
    parameters: {
      id: ref("network", "id"),
      ids: list("ids"),
      name: text("name"),
      ...OWNED_LIST,
      zoneid: ref("zone", "zone"),
      traffictype: text("only Guest networks are here"),
      type: text("Isolated"),
      networkofferingid: ref("networkOffering", "offering"),
      state: text("no effect"),
      tags: map("tags"),
      supportedservices: list("services that it must have"),
      canusefordeploy: flag("no effect"),
      forvpc: flag("of VPC; there are none"),
      vpcid: text("of a VPC; there are none"),
      acltype: text("no effect"),
      issystem: flag("system networks; there are none"),
      physicalnetworkid: ref("physicalNetwork", "physical network"),
      restartrequired: flag("no effect"),
      specifyipranges: flag("no effect"),
      displaynetwork: flag("no effect"),
      associatednetworkid: text("no effect"),
      networkfilter: text("no effect"),
      retrieveonlyresourcecount: flag("no effect"),
      showicon: flag("no effect"),
      details: text("no effect"),
    },
    run: listNetworks,
  },
  {
    name: "createNetwork",
    description: "Creates a guest network; it is made in the back end with its first running machine",
    access: "user",
    event: "NETWORK.CREATE",
    parameters: {
      networkofferingid: needRef("networkOffering", "offering"),
      name: needText("name"),
      zoneid: needRef("zone", "zone"),
      displaytext: text("text; default the name"),
      gateway: text("gateway"),
      netmask: text("netmask"),
      vlan: text("VLAN, which a root administrator gives: outside the zone's range"),
      dns1: text("name server"),
      dns2: text("second name server"),
      networkdomain: text("domain of the machines' names"),
      startip: text("no effect"),
      endip: text("no effect"),
      ...FOR_OWNER,
      physicalnetworkid: ref("physicalNetwork", "no effect"),
      acltype: text("no effect"),
      displaynetwork: flag("no effect"),
      subdomainaccess: flag("no effect"),
      vpcid: text("not supported by this version"),
      aclid: text("not supported by this version"),
      isolatedpvlan: text("no effect"),
      hideipaddressusage: flag("no effect"),
      bypassvlanoverlapcheck: flag("no effect"),
      tungstenvirtualrouteruuid: text("no effect"),
    },
    run: createNetwork,
  },
  {
    name: "updateNetwork",
    description: "Changes name, text, domain or name servers; new name servers implement the network anew",
    access: "user",
    event: "NETWORK.UPDATE",
    javaClass: "user.network.UpdateNetworkCmd",
    adminJavaClass: "admin.network.UpdateNetworkCmdByAdmin",
    parameters: {
      id: needRef("network", "id"),
      name: text("name"),
      displaytext: text("text"),
      dns1: text("name server"),
      dns2: text("second name server"),
      networkdomain: text("domain of the machines' names"),
      customid: text("no effect"),
      displaynetwork: flag("no effect"),
      changecidr: flag("no effect"),
      guestvmcidr: text("no effect"),
      networkofferingid: ref("networkOffering", "not supported by this version"),
      updateinsequence: flag("no effect"),
      forced: flag("no effect"),
    },
    run: updateNetwork,
  },
  {
    name: "restartNetwork",
    description: "Implements a network anew; with cleanup after a shutdown",
    access: "user",
    event: "NETWORK.RESTART",
    javaClass: "user.network.RestartNetworkCmd",
    parameters: {
      id: needRef("network", "id"),
      cleanup: flag("shut it down before"),
      makeredundant: flag("no effect"),
      livepatch: flag("no effect"),
    },
    run: (call) =>
      onNetwork(call, async (network) => {
        await call.cloud.networks.restart(network.uuid, call.values.flag("cleanup") ?? true);
        return { success: true };
      }),
  },
  {
    name: "deleteNetwork",
    description: "Deletes a network without machines",
    access: "user",
    event: "NETWORK.DELETE",
    javaClass: "user.network.DeleteNetworkCmd",
    parameters: { id: needRef("network", "id"), forced: flag("no effect") },
    run: (call) =>
      onNetwork(call, async (network) => {
        const { store, networks } = call.cloud;
        const nics = store.where("nic", "network", network.uuid);
        const failed = nics.filter(({ machine }) => need(store, "machine", machine).state === "Error");
        if (nics.length > failed.length) throw new ApiError(530, "Failed to delete network", 4250);
        for (const nic of failed) store.drop("nic", nic.uuid);
        await networks.destroy(network.uuid);
        for (const tag of store.where("tag", "resource", network.uuid)) store.drop("tag", tag.uuid);
        return { success: true };
      }),
  },
];

function listNetworks(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const services = values.list("supportedservices") ?? [];
  const elsewhere =
    values.has("vpcid") ||
    values.flag("forvpc") === true ||
    values.flag("issystem") === true ||
    (values.text("traffictype") ?? "Guest").toLowerCase() !== "guest";
  return listOwned(
    call,
    "network",
    "network",
    (row) => networkView(store, row),
    (row) => {
      const offering = need(store, "networkOffering", row.offering);
      return (
        !elsewhere &&
        (values.text("zoneid") ?? row.zone) === row.zone &&
        (values.text("networkofferingid") ?? row.offering) === row.offering &&
        (values.text("physicalnetworkid") ?? row.physicalNetwork) === row.physicalNetwork &&
        (values.text("type") ?? offering.guestIpType).toLowerCase() === offering.guestIpType.toLowerCase() &&
        services.every((name) => offering.services.some((service) => service.name === name))
      );
    },
  );
}

function createNetwork(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const offering = need(store, "networkOffering", values.need("networkofferingid"));
  const zone = need(store, "zone", values.need("zoneid"));
  const owner = ownerFor(call);
  if (values.has("vpcid")) throw invalid("VPC is not supported by this version");
  if (offering.state !== "Enabled")
    throw invalid("Can't use specified network offering id as its state is not Enabled");
  const [physical] = [...store.all("physicalNetwork")].filter((row) => row.zone === zone.uuid);
  if (physical === undefined) throw invalid("The zone has no physical network");
  const vlan = vlanFor(call, offering, { zone: zone.name, range: physical.vlan });
  const subnet = subnetFor(call);
  checkLimit(store, owner.uuid, "network");
  const name = values.need("name");
  const row = store.make("network", {
    name,
    displaytext: values.text("displaytext") ?? name,
    account: owner.uuid,
    zone: zone.uuid,
    physicalNetwork: physical.uuid,
    offering: offering.uuid,
    ...subnet,
    networkDomain: domainName(values.text("networkdomain")) ?? zone.domain,
    dns1: address(values.text("dns1"), "dns1"),
    dns2: address(values.text("dns2"), "dns2"),
    state: "Allocated",
    broadcastType: "Vlan",
    broadcastUri: undefined,
    vlan,
    extensionDetails: undefined,
    extensionIp: undefined,
    details: {},
    macsUsed: 0,
  });
  return {
    kind: "object",
    body: { network: networkView(store, row) },
    owner: owner.uuid,
    subject: { type: "Network", uuid: row.uuid, name },
  };
}

/** The VLAN of an offering that wants one: a root administrator's, outside the zone's range ("100-400") and nobody else's. */
function vlanFor(
  { cloud: { store }, caller, values }: Call,
  offering: NetworkOfferingRow,
  { zone, range }: { readonly zone: string; readonly range: string },
): string | undefined {
  const vlan = values.text("vlan")?.replace(/^vlan:\/\//, "");
  if (caller.account.type !== 1 && (offering.specifyVlan || vlan !== undefined)) {
    throw invalid("Only ROOT admin is allowed to specify vlanId or bypass vlan overlap check");
  }
  if (!offering.specifyVlan) {
    if (vlan !== undefined) throw invalid("Can't specify VLAN because the network offering doesn't support it");
    return undefined;
  }
  if (vlan === undefined) throw invalid("Vlan has to be specified; corresponding offering says specifyVlan=true");
  if (!/^\d{1,4}$/.test(vlan) || Number(vlan) > 4095) throw invalid(`Invalid VLAN ID: ${vlan}`);
  const [from = Number.NaN, to = Number.NaN] = range.split("-").map(Number);
  if (Number(vlan) >= from && Number(vlan) <= to) {
    throw invalid(
      `The VLAN tag to use for new guest network, ${vlan} is already being used for dynamic vlan allocation for the guest network in zone ${zone}`,
    );
  }
  for (const row of store.all("network"))
    if (row.vlan === vlan) throw invalid(`Network with vlan ${vlan} already exists`);
  return vlan;
}

/** All offerings here are without source NAT, and CloudStack wants the prefix of their networks. */
function subnetFor({ values }: Call) {
  const gateway = values.text("gateway");
  const netmask = values.text("netmask");
  if (gateway !== undefined && netmask !== undefined) return subnetOf(gateway, netmask);
  if (gateway !== undefined || netmask !== undefined) throw invalid("Gateway and netmask must be given together");
  throw invalid("gateway/netmask are required when create network of type Isolated with service SourceNat disabled");
}

function domainName(name: string | undefined): string | undefined {
  if (
    name !== undefined &&
    !/^(?=.{1,190}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(name)
  ) {
    throw invalid(
      "Invalid network domain. Total length shouldn't exceed 190 chars. Each domain label must be between 1 and 63 characters long",
    );
  }
  return name;
}

function address(text: string | undefined, name: string): string | undefined {
  if (text !== undefined && !/^(\d{1,3}\.){3}\d{1,3}$/.test(text)) throw invalid(`Invalid ${name}`);
  return text;
}

function onNetwork(call: Call, work: (network: NetworkRow) => Promise<Record<string, boolean>>): Answer {
  const network = need(call.cloud.store, "network", call.values.need("id"));
  return {
    kind: "job",
    instanceType: "Network",
    owner: network.account,
    subject: { type: "Network", uuid: network.uuid, name: network.name },
    work: () => work(network),
  };
}

function updateNetwork(call: Call): Answer {
  const {
    cloud: { store, networks },
    values,
  } = call;
  const network = need(store, "network", values.need("id"));
  if ((values.text("networkofferingid") ?? network.offering) !== network.offering) {
    throw invalid("Another network offering is not supported by this version");
  }
  const dns1 = address(values.text("dns1"), "dns1");
  const fields: Partial<NetworkRow> = {
    name: values.text("name") ?? network.name,
    displaytext: values.text("displaytext") ?? network.displaytext,
    networkDomain: domainName(values.text("networkdomain")) ?? network.networkDomain,
    dns1: dns1 ?? network.dns1,
    dns2: dns1 === undefined ? network.dns2 : address(values.text("dns2"), "dns2"),
    details: { ...network.details, hideIpAddressUsage: "false" },
  };
  return {
    kind: "job",
    instanceType: "Network",
    owner: network.account,
    subject: { type: "Network", uuid: network.uuid, name: network.name },
    work: async () => {
      store.change("network", network.uuid, fields);
      await store.commit();
      const isImplemented = need(store, "network", network.uuid).state === "Implemented";
      if (dns1 !== undefined && dns1 !== network.dns1 && isImplemented) await networks.changeResolvers(network.uuid);
      return { network: networkView(store, need(store, "network", network.uuid)) };
    },
  };
}
