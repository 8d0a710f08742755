import { CLOUDSTACK_VERSION } from "../../core/envelope.ts";
import type { JsonObject } from "../../core/json.ts";
import { flag, integer, list, PAGING, ref, text } from "../../core/parameter.ts";
import { ROLES } from "../../core/views/account-view.ts";
import { clusterView, HYPERVISOR, hostView, podView, zoneView } from "../../core/views/infrastructure-view.ts";
import { osCategoryId, osTypeView } from "../../core/views/offering-view.ts";
import { type Answer, type Call, type Command, listOf } from "../command.ts";
import { matchesNames } from "../scope.ts";

const BY_NAME = { id: text("id"), name: text("name"), ...PAGING };

/** Rows of a kind that everybody sees, by id, name and keyword. */
function named<R extends { readonly uuid: string; readonly name: string }>(
  call: Call,
  rows: Iterable<R>,
): readonly R[] {
  const matches = matchesNames(call);
  return [...rows].filter(({ uuid, name }) => matches(uuid, name));
}

function inZone(call: Call, uuid: string): boolean {
  const wanted = call.values.text("zoneid");
  return wanted === undefined || wanted === uuid;
}

export const INFRASTRUCTURE: readonly Command[] = [
  {
    name: "listZones",
    description: "Lists zones",
    access: "user",
    parameters: {
      ...BY_NAME,
      id: ref("zone", "id"),
      available: flag("of which the caller can use"),
      showcapacities: flag("also capacities; there are none"),
    },
    run: (call) =>
      listOf("zone", named(call, call.cloud.store.all("zone")), (zone) =>
        zoneView(zone, call.caller.account.type === 1),
      ),
  },
  {
    name: "listPods",
    description: "Lists pods",
    access: "admin",
    parameters: { ...BY_NAME, id: ref("pod", "id"), zoneid: ref("zone", "zone") },
    run: (call) => {
      const { store } = call.cloud;
      const rows = named(call, store.all("pod")).filter(({ zone }) => inZone(call, zone));
      return listOf("pod", rows, (pod) => podView(store, pod));
    },
  },
  {
    name: "listClusters",
    description: "Lists clusters",
    access: "admin",
    parameters: { ...BY_NAME, id: ref("cluster", "id"), zoneid: ref("zone", "zone"), podid: ref("pod", "pod") },
    run: (call) => {
      const { store } = call.cloud;
      const pod = call.values.text("podid");
      const rows = named(call, store.all("cluster")).filter((cluster) => {
        const zone = store.find("pod", cluster.pod)?.zone ?? "";
        return (pod === undefined || pod === cluster.pod) && inZone(call, zone);
      });
      return listOf("cluster", rows, (cluster) => clusterView(store, cluster));
    },
  },
  {
    name: "listHosts",
    description: "Lists hosts",
    access: "admin",
    parameters: {
      ...BY_NAME,
      id: ref("host", "id"),
      zoneid: ref("zone", "zone"),
      podid: ref("pod", "pod"),
      clusterid: ref("cluster", "cluster"),
      type: text("only Routing hosts are here"),
      state: text("state"),
      details: list("min, or all"),
      hypervisor: text("hypervisor"),
    },
    run: (call) => {
      const { store } = call.cloud;
      const type = call.values.text("type") ?? "Routing";
      const cluster = call.values.text("clusterid");
      const rows = named(call, store.all("host")).filter(
        (host) => type === "Routing" && (cluster === undefined || cluster === host.cluster),
      );
      const min = call.values.list("details")?.includes("min") === true;
      return listOf("host", rows, (host) => hostView(store, host, min));
    },
  },
  {
    name: "listHypervisors",
    description: "Lists hypervisors",
    access: "user",
    parameters: { zoneid: ref("zone", "zone") },
    run: () => listOf("hypervisor", [HYPERVISOR], (name) => ({ name })),
  },
  {
    name: "listRegions",
    description: "Lists regions",
    access: "user",
    parameters: { id: integer("id"), name: text("name"), ...PAGING },
    run: () =>
      listOf("region", [1], (id) => ({
        id,
        name: "Local",
        endpoint: "http://localhost:8080/client/",
        gslbserviceenabled: true,
        portableipserviceenabled: false,
      })),
  },
  {
    name: "listOsTypes",
    description: "Lists operating systems of templates",
    access: "user",
    parameters: {
      ...BY_NAME,
      id: ref("osType", "id"),
      description: text("description"),
      oscategoryid: text("category"),
    },
    run: (call) => {
      const { values } = call;
      const rows = named(call, call.cloud.store.all("osType")).filter(
        (row) =>
          (values.text("oscategoryid") ?? osCategoryId(row)) === osCategoryId(row) &&
          (values.text("description") ?? row.name) === row.name,
      );
      return listOf("ostype", rows, osTypeView);
    },
  },
  {
    name: "listOsCategories",
    description: "Lists categories of operating systems",
    access: "user",
    parameters: PAGING,
    run: ({ cloud: { store } }) =>
      listOf("oscategory", [...store.all("osType")], (row) => ({
        id: osCategoryId(row),
        name: row.category,
        isfeatured: true,
      })),
  },
  {
    name: "listRoles",
    description: "Lists the built-in roles",
    access: "domain",
    parameters: { ...BY_NAME, type: text("type") },
    run: (call) => {
      const matches = matchesNames(call);
      const type = call.values.text("type");
      const rows = ROLES.filter((row) => matches(row.id, row.name) && (type === undefined || type === row.type));
      return listOf("role", rows, (row) => ({
        type: row.type,
        isdefault: true,
        state: "enabled",
        id: row.id,
        name: row.name,
        description: row.description,
        ispublic: true,
      }));
    },
  },
  {
    name: "listCapabilities",
    description: "Says what the cloud can",
    access: "user",
    parameters: {},
    run: capabilities,
  },
];

function capabilities({ cloud, caller }: Call): Answer {
  const isAdmin = caller.account.type === 1;
  const capability: JsonObject = {
    securitygroupsenabled: false,
    dynamicrolesenabled: true,
    cloudstackversion: CLOUDSTACK_VERSION,
    userpublictemplateenabled: true,
    supportELB: "false",
    projectinviterequired: false,
    allowusercreateprojects: true,
    customdiskofferingminsize: 1,
    customdiskofferingmaxsize: 1024,
    regionsecondaryenabled: false,
    kvmsnapshotenabled: true,
    snapshotshowchainsize: false,
    allowuserviewdestroyedvm: isAdmin,
    allowuserexpungerecovervm: isAdmin,
    allowuserexpungerecovervolume: true,
    allowuserviewalldomainaccounts: false,
    allowuserforcestopvm: true,
    kubernetesserviceenabled: false,
    kubernetesclusterexperimentalfeaturesenabled: false,
    customhypervisordisplayname: "Custom",
    defaultuipagesize: 20,
    instancesstatsretentiontime: 720,
    instancesstatsuseronly: false,
    instancesdisksstatsretentionenabled: false,
    instancesdisksstatsretentiontime: 720,
    sharedfsvmmincpucount: 2,
    sharedfsvmminramsize: 1024,
    instanceleaseenabled: false,
    extensionspath: isAdmin ? cloud.extensions.directory : undefined,
    dynamicscalingenabled: true,
    additionalconfigenabled: false,
  };
  return { kind: "object", body: { capability } };
}
