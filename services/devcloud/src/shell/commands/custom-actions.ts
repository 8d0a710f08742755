import { denied, invalid } from "../../core/api-error.ts";
import { mayUse } from "../../core/ownership.ts";
import { flag, integer, list, map, needRef, needText, PAGING, ref, text } from "../../core/parameter.ts";
import type { CustomActionRow } from "../../core/rows.ts";
import { customActionView } from "../../core/views/small-views.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf, SUCCESS } from "../command.ts";
import { matchesNames } from "../scope.ts";

const DEFAULT_TIMEOUT_SECONDS = 3;
const CHANGES = {
  description: text("description"),
  enabled: flag("may be run"),
  timeout: integer("seconds"),
  allowedroletypes: list("roles that may run it"),
  parameters: map("name, type, required, validationformat"),
  details: map("details"),
  successmessage: text("no effect"),
  errormessage: text("no effect"),
};

export const CUSTOM_ACTIONS: readonly Command[] = [
  {
    name: "listCustomActions",
    description: "Lists custom actions",
    access: "user",
    parameters: {
      id: ref("customAction", "id"),
      name: text("name"),
      ...PAGING,
      extensionid: ref("extension", "extension"),
      resourcetype: text("Network"),
      resourceid: text("no effect"),
      enabled: flag("only enabled ones"),
    },
    run: (call) => {
      const {
        cloud: { store },
        values,
      } = call;
      const matches = matchesNames(call);
      const rows = [...store.all("customAction")].filter(
        (row) =>
          matches(row.uuid, row.name) &&
          mayRun(call, row) &&
          (values.text("extensionid") ?? row.extension) === row.extension &&
          (values.text("resourcetype") ?? row.resourceType) === row.resourceType &&
          (values.flag("enabled") ?? row.enabled) === row.enabled,
      );
      return listOf("extensioncustomaction", rows.toReversed(), (row) => customActionView(store, row));
    },
  },
  {
    name: "addCustomAction",
    description: "Adds a custom action to an extension",
    access: "admin",
    event: "EXTENSION.CUSTOM.ACTION.ADD",
    parameters: {
      extensionid: needRef("extension", "extension"),
      name: needText("name"),
      resourcetype: text("Network"),
      ...CHANGES,
    },
    run: addCustomAction,
  },
  {
    name: "updateCustomAction",
    description: "Changes a custom action",
    access: "admin",
    event: "EXTENSION.CUSTOM.ACTION.UPDATE",
    parameters: {
      id: needRef("customAction", "id"),
      ...CHANGES,
      cleanupparameters: flag("no parameters"),
      cleanupdetails: flag("no details"),
    },
    run: ({ cloud: { store }, values }) => {
      const row = need(store, "customAction", values.need("id"));
      const changed = store.change("customAction", row.uuid, {
        description: values.text("description") ?? row.description,
        enabled: values.flag("enabled") ?? row.enabled,
        timeoutSeconds: values.integer("timeout") ?? row.timeoutSeconds,
        allowedRoleTypes: values.list("allowedroletypes") ?? row.allowedRoleTypes,
        parameters: values.map("parameters").length === 0 ? row.parameters : actionParameters(values.map("parameters")),
      });
      return { kind: "object", body: { extensioncustomaction: customActionView(store, changed) } };
    },
  },
  {
    name: "deleteCustomAction",
    description: "Deletes a custom action",
    access: "admin",
    event: "EXTENSION.CUSTOM.ACTION.DELETE",
    parameters: { id: needRef("customAction", "id") },
    run: ({ cloud: { store }, values }) => {
      store.drop("customAction", values.need("id"));
      return SUCCESS;
    },
  },
  {
    name: "runCustomAction",
    description: "Runs a custom action on a network",
    access: "user",
    event: "CUSTOM.ACTION",
    javaClass: "user.extension.RunCustomActionCmd",
    parameters: {
      customactionid: needRef("customAction", "action"),
      resourceid: needRef("network", "network"),
      resourcetype: text("Network"),
      parameters: map("values of its parameters"),
    },
    run: runCustomAction,
  },
];

function mayRun({ caller }: Call, action: CustomActionRow): boolean {
  const role = { 0: "User", 1: "Admin", 2: "DomainAdmin", 5: "User" }[caller.account.type];
  return caller.account.type === 1 || action.allowedRoleTypes.includes(role);
}

function actionParameters(entries: readonly Readonly<Record<string, string>>[]): CustomActionRow["parameters"] {
  return entries.map(({ name, type, required, validationformat }) => {
    if (name === undefined) throw invalid("Invalid parameters specified with empty name");
    return {
      name,
      type: type ?? "STRING",
      validationFormat: validationformat ?? "NONE",
      required: required === "true",
    };
  });
}

function addCustomAction({ cloud: { store }, values }: Call): Answer {
  const extension = values.need("extensionid");
  const name = values.need("name");
  for (const row of store.all("customAction")) {
    if (row.extension === extension && row.name === name) throw invalid(`Action by name already exists: ${name}`);
  }
  const resourceType = values.text("resourcetype") ?? "Network";
  if (resourceType !== "Network") throw invalid(`Resource type ${resourceType} is not supported by this version`);
  const row = store.make("customAction", {
    name,
    description: values.text("description"),
    extension,
    resourceType,
    enabled: values.flag("enabled") ?? false,
    timeoutSeconds: values.integer("timeout") ?? DEFAULT_TIMEOUT_SECONDS,
    allowedRoleTypes: values.list("allowedroletypes") ?? ["Admin"],
    parameters: actionParameters(values.map("parameters")),
    details: values.details("details"),
  });
  return { kind: "object", body: { extensioncustomaction: customActionView(store, row) } };
}

function runCustomAction(call: Call): Answer {
  const { cloud, values, caller } = call;
  const { store } = cloud;
  const action = need(store, "customAction", values.need("customactionid"));
  const network = need(store, "network", values.need("resourceid"));
  if (!mayRun(call, action) || !mayUse(store, caller.account, network.account)) throw denied();
  return {
    kind: "job",
    owner: network.account,
    subject: { type: "Network", uuid: network.uuid, name: network.name },
    work: async () => {
      if (!action.enabled) throw invalid("Action is not enabled");
      const given: Record<string, string> = Object.assign({}, ...values.map("parameters"));
      const missing = action.parameters.find(({ name, required }) => required && (given[name] ?? "") === "");
      if (missing !== undefined) throw invalid(`Missing or empty required parameter: ${missing.name}`);
      const known = Object.fromEntries(
        action.parameters.flatMap(({ name }) => (given[name] === undefined ? [] : [[name, given[name]]])),
      );
      const { ok, output } = await cloud.networks.customAction(network.uuid, action.name, known);
      const details = ok ? output.trim() : "Action failed \u2014 check management server logs for details";
      const message = ok ? `Successfully completed ${action.name}` : `Failed to complete ${action.name}`;
      return { customactionresult: { id: action.uuid, name: action.name, success: ok, result: { details, message } } };
    },
  };
}
