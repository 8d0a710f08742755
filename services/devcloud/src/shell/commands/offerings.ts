import { invalid } from "../../core/api-error.ts";
import { flag, integer, list, needInteger, needRef, needText, PAGING, ref, text } from "../../core/parameter.ts";
import { diskOfferingView, serviceOfferingView, templateView } from "../../core/views/offering-view.ts";
import { type Answer, type Call, type Command, listOf, SUCCESS } from "../command.ts";
import { matchesNames } from "../scope.ts";

const IN_USE = "is in use";

export const OFFERINGS: readonly Command[] = [
  {
    name: "listServiceOfferings",
    description: "Lists compute offerings",
    access: "user",
    parameters: {
      id: ref("serviceOffering", "id"),
      name: text("name"),
      ...PAGING,
      domainid: ref("domain", "domain"),
      virtualmachineid: ref("machine", "machine"),
      issystem: flag("system offerings; there are none"),
      listall: flag("no effect"),
      isrecursive: flag("no effect"),
      projectid: text("no effect"),
      zoneid: ref("zone", "zone"),
      templateid: ref("template", "no effect"),
    },
    run: (call) => {
      const matches = matchesNames(call);
      const system = call.values.flag("issystem") === true;
      const rows = [...call.cloud.store.all("serviceOffering")].filter(
        ({ uuid, name }) => !system && matches(uuid, name),
      );
      return listOf("serviceoffering", rows, (row) => serviceOfferingView(call.cloud.store, row));
    },
  },
  {
    name: "createServiceOffering",
    description: "Creates a compute offering",
    access: "admin",
    event: "SERVICE.OFFERING.CREATE",
    parameters: {
      name: needText("name"),
      displaytext: text("text; default the name"),
      cpunumber: needInteger("cores"),
      cpuspeed: integer("MHz; default 500"),
      memory: needInteger("MiB"),
      storagetype: text("shared only"),
    },
    run: createServiceOffering,
  },
  {
    name: "updateServiceOffering",
    description: "Changes name and text of a compute offering",
    access: "admin",
    event: "SERVICE.OFFERING.EDIT",
    parameters: { id: needRef("serviceOffering", "id"), name: text("name"), displaytext: text("text") },
    run: ({ cloud: { store }, values }) => {
      const old = store.find("serviceOffering", values.need("id"));
      const fields = {
        name: values.text("name") ?? old?.name,
        displaytext: values.text("displaytext") ?? old?.displaytext,
      };
      const row = store.change("serviceOffering", values.need("id"), fields);
      return { kind: "object", body: { serviceoffering: serviceOfferingView(store, row) } };
    },
  },
  {
    name: "deleteServiceOffering",
    description: "Deletes a compute offering that no machine has",
    access: "admin",
    event: "SERVICE.OFFERING.DELETE",
    parameters: { id: needRef("serviceOffering", "id") },
    run: ({ cloud: { store }, values }) => {
      const id = values.need("id");
      for (const { offering } of store.all("machine"))
        if (offering === id) throw invalid(`Service offering ${id} ${IN_USE}`);
      const disk = store.find("serviceOffering", id)?.diskOffering;
      store.drop("serviceOffering", id);
      if (disk !== undefined) store.drop("diskOffering", disk);
      return SUCCESS;
    },
  },
  {
    name: "listDiskOfferings",
    description: "Lists disk offerings",
    access: "user",
    parameters: {
      id: ref("diskOffering", "id"),
      name: text("name"),
      ...PAGING,
      domainid: ref("domain", "domain"),
      listall: flag("no effect"),
      isrecursive: flag("no effect"),
      zoneid: ref("zone", "zone"),
    },
    run: (call) => {
      const { store } = call.cloud;
      const matches = matchesNames(call);
      const hidden = new Set([...store.all("serviceOffering")].map(({ diskOffering }) => diskOffering));
      const rows = [...store.all("diskOffering")].filter(({ uuid, name }) => !hidden.has(uuid) && matches(uuid, name));
      return listOf("diskoffering", rows, diskOfferingView);
    },
  },
  {
    name: "createDiskOffering",
    description: "Creates a disk offering",
    access: "admin",
    event: "DISK.OFFERING.CREATE",
    parameters: { name: needText("name"), displaytext: text("text; default the name"), disksize: needInteger("GiB") },
    run: ({ cloud: { store }, values }) => {
      const name = values.need("name");
      const displaytext = values.text("displaytext") ?? name;
      const row = store.make("diskOffering", { name, displaytext, sizeGiB: values.integer("disksize") ?? 1 });
      return { kind: "object", body: { diskoffering: diskOfferingView(row) } };
    },
  },
  {
    name: "deleteDiskOffering",
    description: "Deletes a disk offering",
    access: "admin",
    event: "DISK.OFFERING.DELETE",
    parameters: { id: needRef("diskOffering", "id") },
    run: ({ cloud: { store }, values }) => {
      store.drop("diskOffering", values.need("id"));
      return SUCCESS;
    },
  },
  {
    name: "listTemplates",
    description: "Lists templates",
    access: "user",
    parameters: {
      templatefilter: needText("featured, self, selfexecutable, sharedexecutable, executable, community or all"),
      id: ref("template", "id"),
      ids: list("ids"),
      name: text("name"),
      ...PAGING,
      zoneid: ref("zone", "zone"),
      hypervisor: text("hypervisor"),
      account: text("no effect"),
      domainid: ref("domain", "no effect"),
      projectid: text("no effect"),
      listall: flag("no effect"),
      isrecursive: flag("no effect"),
      showremoved: flag("no effect"),
      templatetype: text("no effect"),
    },
    run: listTemplates,
  },
];

function createServiceOffering({ cloud: { store }, values }: Call): Answer {
  const name = values.need("name");
  const displaytext = values.text("displaytext") ?? name;
  const cpus = values.integer("cpunumber") ?? 1;
  const memoryMiB = values.integer("memory") ?? 0;
  if (cpus < 1)
    throw invalid("Failed to create service offering: specify the cpu number value between 1 and 2147483647");
  if (memoryMiB < 32)
    throw invalid("Failed to create service offering: specify the memory value between 32 and 2147483647 MB");
  const disk = store.make("diskOffering", { name, displaytext, sizeGiB: 0 });
  const row = store.make("serviceOffering", {
    name,
    displaytext,
    cpus,
    cpuMhz: values.integer("cpuspeed") ?? 500,
    memoryMiB,
    diskOffering: disk.uuid,
    isUserMade: true,
  });
  return { kind: "object", body: { serviceoffering: serviceOfferingView(store, row) } };
}

const FILTERS = ["featured", "self", "selfexecutable", "sharedexecutable", "executable", "community", "all"];

function listTemplates(call: Call): Answer {
  const { cloud, values } = call;
  const filter = values.need("templatefilter").toLowerCase();
  if (!FILTERS.includes(filter)) throw invalid("Please specify a valid template filter");
  const matches = matchesNames(call);
  const public_ = filter !== "self" && filter !== "selfexecutable" && filter !== "sharedexecutable";
  const zone = values.text("zoneid");
  const rows = [...cloud.store.all("template")].filter(
    (row) => public_ && matches(row.uuid, row.name) && (zone === undefined || zone === row.zone),
  );
  return listOf("template", rows, (row) => templateView(cloud.store, row));
}
