import { invalid } from "../../core/api-error.ts";
import { flag, list, map, needRef, needText, PAGING, ref, text } from "../../core/parameter.ts";
import type { NetworkOfferingRow } from "../../core/rows.ts";
import { networkOfferingView } from "../../core/views/offering-view.ts";
import { type Answer, type Call, type Command, listOf, SUCCESS } from "../command.ts";
import { matchesNames } from "../scope.ts";

export const NETWORK_OFFERINGS: readonly Command[] = [
  {
    name: "listNetworkOfferings",
    description: "Lists network offerings",
    access: "user",
    parameters: {
      id: ref("networkOffering", "id"),
      name: text("name"),
      ...PAGING,
      state: text("Enabled or Disabled"),
      guestiptype: text("Isolated, Shared or L2"),
      supportedservices: list("services that it must have"),
      forvpc: flag("for tiers"),
      zoneid: ref("zone", "zone"),
      domainid: ref("domain", "no effect"),
      displaytext: text("text"),
      availability: text("no effect"),
      traffictype: text("no effect"),
      specifyvlan: flag("with a VLAN of the caller's"),
    },
    run: listNetworkOfferings,
  },
  {
    name: "createNetworkOffering",
    description: "Creates a network offering, disabled",
    access: "admin",
    event: "NETWORK.OFFERING.CREATE",
    parameters: {
      displaytext: text("text; default the name"),
      guestiptype: needText("Isolated; Shared and L2 are not supported by this version"),
      name: needText("name"),
      supportedservices: list("services"),
      traffictype: needText("GUEST"),
      serviceproviderlist: map("provider of each service"),
      servicecapabilitylist: map("no effect"),
      specifyvlan: flag("createNetwork needs a VLAN"),
      conservemode: flag("default true"),
      availability: text("Optional or Required"),
      egressdefaultpolicy: flag("default true"),
      ispersistent: flag("not supported by this version"),
      usevpc: flag("for tiers; not supported by this version"),
      forvpc: flag("as usevpc"),
      specifyipranges: flag("no effect"),
      enable: flag("enable at once"),
      details: map("no effect"),
      zoneid: list("zones; no effect"),
    },
    run: createNetworkOffering,
  },
  {
    name: "updateNetworkOffering",
    description: "Changes a network offering",
    access: "admin",
    event: "NETWORK.OFFERING.EDIT",
    parameters: {
      id: needRef("networkOffering", "id"),
      name: text("name"),
      displaytext: text("text"),
      state: text("Enabled or Disabled"),
      availability: text("Optional or Required"),
    },
    run: updateNetworkOffering,
  },
  {
    name: "deleteNetworkOffering",
    description: "Deletes a network offering that no network has",
    access: "admin",
    event: "NETWORK.OFFERING.DELETE",
    parameters: { id: needRef("networkOffering", "id") },
    run: ({ cloud: { store }, values }) => {
      const id = values.need("id");
      for (const { offering } of store.all("network")) {
        if (offering === id) throw invalid(`Can't delete network offering ${id} as its used by networks`);
      }
      store.drop("networkOffering", id);
      return SUCCESS;
    },
  },
  {
    name: "listSupportedNetworkServices",
    description: "Lists services with their providers",
    access: "user",
    parameters: { service: text("service"), provider: text("provider"), ...PAGING },
    run: listServices,
  },
];

function listNetworkOfferings(call: Call): Answer {
  const { cloud, values } = call;
  const matches = matchesNames(call);
  const state = values.text("state");
  const type = values.text("guestiptype");
  const services = values.list("supportedservices") ?? [];
  const rows = [...cloud.store.all("networkOffering")].filter(
    (row) =>
      matches(row.uuid, row.name) &&
      (state ?? row.state) === row.state &&
      (type ?? row.guestIpType).toLowerCase() === row.guestIpType.toLowerCase() &&
      (values.flag("forvpc") ?? row.forVpc) === row.forVpc &&
      services.every((name) => row.services.some((service) => service.name === name)),
  );
  return listOf("networkoffering", rows, (row) => networkOfferingView(cloud.store, row));
}

function createNetworkOffering({ cloud: { store }, values }: Call): Answer {
  const type = values.need("guestiptype").toLowerCase();
  if (type !== "isolated")
    throw invalid(`Network offerings of guest type ${values.need("guestiptype")} are not supported by this version`);
  if (values.flag("usevpc") === true || values.flag("forvpc") === true)
    throw invalid("Network offerings for VPC are not supported by this version");
  if (values.flag("ispersistent") === true)
    throw invalid("Persistent network offerings are not supported by this version");
  const name = values.need("name");
  for (const row of store.all("networkOffering"))
    if (row.name === name) throw invalid(`Network offering ${name} already exists`);
  const providers = new Map(
    values.map("serviceproviderlist").map(({ service = "", provider = "" }) => [service, provider]),
  );
  const services = (values.list("supportedservices") ?? [...providers.keys()]).map((service) => {
    const provider = providers.get(service);
    if (provider === undefined) throw invalid(`Provider of service ${service} is missing`);
    if (store.where("provider", "name", provider).length === 0) throw invalid(`Invalid service provider: ${provider}`);
    return { name: service, provider };
  });
  const unsupported = services.find((service) => !SERVICES.has(service.name));
  if (unsupported !== undefined) throw invalid(`Service ${unsupported.name} is not supported by this version`);
  if (values.flag("specifyvlan") !== true) {
    throw invalid("SpecifyVlan should be true for guest type Isolated without the SourceNat service");
  }
  const row = store.make("networkOffering", {
    name,
    displaytext: values.text("displaytext") ?? name,
    guestIpType: "Isolated",
    state: values.flag("enable") === true ? "Enabled" : "Disabled",
    specifyVlan: true,
    conserveMode: values.flag("conservemode") ?? true,
    availability: values.text("availability") ?? "Optional",
    egressDefaultPolicy: values.flag("egressdefaultpolicy") ?? true,
    isPersistent: false,
    forVpc: false,
    services,
  });
  return { kind: "object", body: { networkoffering: networkOfferingView(store, row) } };
}

/** Services of which DevCloud makes the calls; the others come with the data plane's NAT and load balancing. */
const SERVICES = new Set(["Dhcp", "Dns", "UserData", "CustomAction", "Connectivity"]);

function updateNetworkOffering({ cloud: { store }, values }: Call): Answer {
  const id = values.need("id");
  const state = values.text("state");
  if (state !== undefined && state !== "Enabled" && state !== "Disabled")
    throw invalid(`Incorrect state value: ${state}`);
  const fields: Partial<NetworkOfferingRow> = {
    ...(state === undefined ? {} : { state }),
    ...(values.has("name") ? { name: values.need("name") } : {}),
    ...(values.has("displaytext") ? { displaytext: values.need("displaytext") } : {}),
    ...(values.has("availability") ? { availability: values.need("availability") } : {}),
  };
  return {
    kind: "object",
    body: { networkoffering: networkOfferingView(store, store.change("networkOffering", id, fields)) },
  };
}

function listServices({ cloud: { store }, values }: Call): Answer {
  const service = values.text("service");
  const provider = values.text("provider");
  const byService = new Map<string, Set<string>>();
  for (const row of store.all("provider")) {
    for (const name of row.services) {
      if ((service ?? name) !== name || (provider ?? row.name) !== row.name) continue;
      byService.set(name, (byService.get(name) ?? new Set()).add(row.name));
    }
  }
  return listOf("networkservice", [...byService], ([name, providers]) => ({
    name,
    provider: [...providers].map((own) => ({ name: own, canenableindividualservice: true })),
    capability: [],
  }));
}
