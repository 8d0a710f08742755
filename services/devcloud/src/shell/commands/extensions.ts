import { backendFailed, invalid } from "../../core/api-error.ts";
import { flag, map, needRef, needText, PAGING, ref, text } from "../../core/parameter.ts";
import type { ExtensionRow } from "../../core/rows.ts";
import { extensionView, physicalNetworkView, providerView } from "../../core/views/network-view.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf, SUCCESS } from "../command.ts";
import { matchesNames } from "../scope.ts";

const REGISTRATION = {
  extensionid: needRef("extension", "extension"),
  resourceid: needRef("physicalNetwork", "physical network"),
  resourcetype: needText("PhysicalNetwork"),
};
const CHANGES = {
  description: text("description"),
  details: map("details"),
  state: text("Enabled or Disabled"),
  orchestratorrequirespreparevm: flag("no effect"),
  cleanupdetails: flag("remove all details"),
  reservedresourcedetails: text("no effect"),
};

export const EXTENSIONS: readonly Command[] = [
  {
    name: "listExtensions",
    description: "Lists extensions",
    access: "admin",
    parameters: {
      id: text("id"),
      extensionid: ref("extension", "id"),
      name: text("name"),
      ...PAGING,
      type: text("type"),
      details: text("no effect"),
      resourceid: text("no effect"),
      resourcetype: text("no effect"),
    },
    run: (call) => {
      const matches = matchesNames(call);
      const id = call.values.text("extensionid");
      const rows = [...call.cloud.store.all("extension")].filter(
        (row) => matches(row.uuid, row.name) && (id ?? row.uuid) === row.uuid,
      );
      return listOf("extension", rows.toReversed(), (row) => view(call, row));
    },
  },
  {
    name: "createExtension",
    description: "Creates an extension; enabled unless state says otherwise, and then its executable must be there",
    access: "admin",
    event: "EXTENSION.CREATE",
    parameters: {
      name: needText("name: also of folder and executable"),
      type: needText("NetworkOrchestrator"),
      path: text("no effect"),
      ...CHANGES,
    },
    run: createExtension,
  },
  {
    name: "updateExtension",
    description: "Changes an extension",
    access: "admin",
    event: "EXTENSION.UPDATE",
    parameters: { id: needRef("extension", "id"), ...CHANGES },
    run: updateExtension,
  },
  {
    name: "deleteExtension",
    description: "Deletes an extension that is registered nowhere",
    access: "admin",
    event: "EXTENSION.DELETE",
    parameters: { id: needRef("extension", "id"), cleanup: flag("no effect: files stay") },
    run: ({ cloud: { store }, values }) => {
      const id = values.need("id");
      if (store.where("extensionResource", "extension", id).length > 0) {
        throw invalid("Extension has registered resources, unregister them first");
      }
      for (const action of store.all("customAction"))
        if (action.extension === id) store.drop("customAction", action.uuid);
      store.drop("extension", id);
      return SUCCESS;
    },
  },
  {
    name: "registerExtension",
    description: "Registers an extension with a physical network: makes the provider of its name, enabled",
    access: "admin",
    event: "EXTENSION.RESOURCE.REGISTER",
    parameters: { ...REGISTRATION, details: map("details, which reach every call") },
    run: registerExtension,
  },
  {
    name: "updateRegisteredExtension",
    description: "Replaces the details of a registration; a password that is not named stays",
    access: "admin",
    event: "EXTENSION.RESOURCE.UPDATE",
    parameters: { ...REGISTRATION, details: map("details"), cleanupdetails: flag("remove all details") },
    run: updateRegistration,
  },
  {
    name: "unregisterExtension",
    description: "Takes an extension from a physical network, with its provider",
    access: "admin",
    event: "EXTENSION.RESOURCE.UNREGISTER",
    parameters: REGISTRATION,
    run: unregisterExtension,
  },
  {
    name: "listPhysicalNetworks",
    description: "Lists physical networks",
    access: "admin",
    parameters: { id: ref("physicalNetwork", "id"), name: text("name"), ...PAGING, zoneid: ref("zone", "zone") },
    run: (call) => {
      const matches = matchesNames(call);
      const zone = call.values.text("zoneid");
      const rows = [...call.cloud.store.all("physicalNetwork")].filter(
        (row) => matches(row.uuid, row.name) && (zone ?? row.zone) === row.zone,
      );
      return listOf("physicalnetwork", rows, (row) => physicalNetworkView(call.cloud.store, row));
    },
  },
  {
    name: "listTrafficTypes",
    description: "Lists the traffic types of a physical network",
    access: "admin",
    parameters: { physicalnetworkid: needRef("physicalNetwork", "physical network"), ...PAGING },
    run: ({ cloud: { store }, values }) => {
      const network = need(store, "physicalNetwork", values.need("physicalnetworkid"));
      return listOf("traffictype", ["Guest"], (traffictype) => ({
        id: network.uuid,
        traffictype,
        physicalnetworkid: network.uuid,
        isolationmethods: "VLAN",
      }));
    },
  },
  {
    name: "listNetworkServiceProviders",
    description: "Lists providers of network services",
    access: "admin",
    parameters: {
      name: text("name"),
      physicalnetworkid: ref("physicalNetwork", "physical network"),
      state: text("Enabled or Disabled"),
      ...PAGING,
    },
    run: (call) => {
      const { values } = call;
      const matches = matchesNames(call);
      const rows = [...call.cloud.store.all("provider")].filter(
        (row) =>
          matches(row.uuid, row.name) &&
          (values.text("physicalnetworkid") ?? row.physicalNetwork) === row.physicalNetwork &&
          (values.text("state") ?? row.state) === row.state,
      );
      return listOf("networkserviceprovider", rows, providerView);
    },
  },
  {
    name: "updateNetworkServiceProvider",
    description: "Enables or disables a provider",
    access: "admin",
    event: "SERVICE.PROVIDER.UPDATE",
    javaClass: "admin.network.UpdateNetworkServiceProviderCmd",
    parameters: { id: needRef("provider", "id"), state: text("Enabled or Disabled"), servicelist: text("no effect") },
    run: ({ cloud: { store }, values }) => ({
      kind: "job",
      work: async () => {
        const id = values.need("id");
        const state = values.text("state");
        if (state !== undefined && state !== "Enabled" && state !== "Disabled") throw invalid(`Invalid state ${state}`);
        const row = state === undefined ? need(store, "provider", id) : store.change("provider", id, { state });
        return { networkserviceprovider: providerView(row) };
      },
    }),
  },
];

function view({ cloud: { store, extensions } }: Call, row: ExtensionRow) {
  return extensionView(store, row, extensions.pathOf(row.name), extensions.isReady(row.name));
}

function shown(call: Call, row: ExtensionRow): Answer {
  return {
    kind: "object",
    body: { extension: view(call, row) },
    subject: { type: "Extension", uuid: row.uuid, name: row.name },
  };
}

async function createExtension(call: Call): Promise<Answer> {
  const {
    cloud: { store, extensions },
    values,
  } = call;
  const name = values.need("name");
  if (!/^[a-z0-9][\w.-]{0,62}$/i.test(name)) throw invalid(`Invalid extension name ${name}`);
  if (values.need("type") !== "NetworkOrchestrator")
    throw invalid(`Extensions of type ${values.need("type")} are not supported by this version`);
  if (store.where("extension", "name", name).length > 0) throw invalid(`Extension by name: ${name} already exists`);
  const wanted = values.text("state") ?? "Enabled";
  const details = values.details("details");
  const description = values.text("description");
  const row = store.make("extension", { name, description, type: "NetworkOrchestrator", state: "Disabled", details });
  if (wanted !== "Enabled") return shown(call, row);
  if (!extensions.isReady(name)) {
    await store.commit(); // As recorded: what could not be enabled stays behind, disabled.
    throw backendFailed(`Failed to enable extension: ${name} as its path is not ready`);
  }
  return shown(call, store.change("extension", row.uuid, { state: "Enabled" }));
}

function updateExtension(call: Call): Answer {
  const {
    cloud: { store, extensions },
    values,
  } = call;
  const row = need(store, "extension", values.need("id"));
  const state = values.text("state") ?? row.state;
  if (state !== "Enabled" && state !== "Disabled") throw invalid(`Invalid state: ${state}`);
  if (state === "Enabled" && row.state !== "Enabled" && !extensions.isReady(row.name)) {
    throw backendFailed(`Failed to enable extension: ${row.name} as it path is not ready`);
  }
  const given = values.details("details");
  const details = values.flag("cleanupdetails") === true ? {} : Object.keys(given).length === 0 ? row.details : given;
  return shown(
    call,
    store.change("extension", row.uuid, { state, details, description: values.text("description") ?? row.description }),
  );
}

function registrationOf({ cloud: { store }, values }: Call) {
  return store
    .where("extensionResource", "extension", values.need("extensionid"))
    .find(({ physicalNetwork }) => physicalNetwork === values.need("resourceid"));
}

function registerExtension(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  if (values.need("resourcetype") !== "PhysicalNetwork")
    throw invalid(`Resource type ${values.need("resourcetype")} is not supported by this version`);
  const extension = need(store, "extension", values.need("extensionid"));
  const physicalNetwork = values.need("resourceid");
  if (registrationOf(call) !== undefined)
    throw invalid(`Extension ${extension.name} is already registered with this physical network`);
  store.make("extensionResource", { extension: extension.uuid, physicalNetwork, details: values.details("details") });
  const services = (extension.details["network.services"] ?? "").split(",").filter((service) => service !== "");
  store.make("provider", { name: extension.name, physicalNetwork, state: "Enabled", services });
  return shown(call, extension);
}

function updateRegistration(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const registration = registrationOf(call);
  if (registration === undefined) throw invalid("Extension is not registered with this physical network");
  const { password } = registration.details;
  const kept: Record<string, string> =
    password === undefined || values.flag("cleanupdetails") === true ? {} : { password };
  store.change("extensionResource", registration.uuid, { details: { ...kept, ...values.details("details") } });
  return shown(call, need(store, "extension", registration.extension));
}

function unregisterExtension(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const extension = need(store, "extension", values.need("extensionid"));
  const registration = registrationOf(call);
  if (registration === undefined) throw invalid("Extension is not registered with this physical network");
  const used = [...store.all("networkOffering")].find((offering) =>
    offering.services.some(({ provider }) => provider === extension.name),
  );
  if (used !== undefined && [...store.all("network")].some(({ offering }) => offering === used.uuid)) {
    throw invalid(`Unable to unregister extension ${extension.name}: networks use it`);
  }
  store.drop("extensionResource", registration.uuid);
  for (const provider of store.where("provider", "name", extension.name)) {
    if (provider.physicalNetwork === registration.physicalNetwork) store.drop("provider", provider.uuid);
  }
  return shown(call, extension);
}
