import { denied, invalid } from "../../core/api-error.ts";
import { domainPath, isWithin } from "../../core/ownership.ts";
import { flag, needRef, needText, PAGING, ref, text } from "../../core/parameter.ts";
import type { DomainRow } from "../../core/rows.ts";
import { domainView } from "../../core/views/account-view.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf } from "../command.ts";
import { matchesNames } from "../scope.ts";
import { removeAccount } from "./account-removal.ts";

export const DOMAINS: readonly Command[] = [
  {
    name: "listDomains",
    description: "Lists domains that the caller may see",
    access: "user",
    parameters: {
      id: ref("domain", "id"),
      name: text("name"),
      ...PAGING,
      level: text("level"),
      listall: flag("no effect"),
      details: text("no effect"),
    },
    run: (call) => {
      const { store } = call.cloud;
      const matches = matchesNames(call);
      const rows = [...store.all("domain")].filter((row) => maySee(call, row) && matches(row.uuid, row.name));
      return listOf("domain", rows, (row) => domainView(store, row, { state: true, created: true }));
    },
  },
  {
    name: "listDomainChildren",
    description: "Lists the domains below one",
    access: "domain",
    parameters: {
      id: ref("domain", "above; default the caller's"),
      name: text("name"),
      isrecursive: flag("all below, not only the next"),
      listall: flag("no effect"),
      ...PAGING,
    },
    run: listDomainChildren,
  },
  {
    name: "createDomain",
    description: "Creates a domain",
    access: "domain",
    event: "DOMAIN.CREATE",
    parameters: {
      name: needText("name"),
      parentdomainid: ref("domain", "above; default ROOT"),
      networkdomain: text("no effect"),
      domainid: text("uuid that it shall have"),
    },
    run: createDomain,
  },
  {
    name: "updateDomain",
    description: "Renames a domain",
    access: "domain",
    event: "DOMAIN.UPDATE",
    parameters: { id: needRef("domain", "id"), name: text("name"), networkdomain: text("no effect") },
    run: (call) => {
      const {
        cloud: { store },
        values,
      } = call;
      const row = managed(call, values.need("id"));
      if (row.parent === undefined) throw invalid("Unable to update the ROOT domain");
      const changed = store.change("domain", row.uuid, { name: values.text("name") ?? row.name });
      return { kind: "object", body: { domain: domainView(store, changed, { created: true }) } };
    },
  },
  {
    name: "deleteDomain",
    description: "Deletes a domain; with cleanup also what is in it",
    access: "domain",
    event: "DOMAIN.DELETE",
    javaClass: "admin.domain.DeleteDomainCmd",
    parameters: { id: needRef("domain", "id"), cleanup: flag("also what is in it") },
    run: deleteDomain,
  },
];

function maySee({ cloud: { store }, caller: { account } }: Call, domain: DomainRow): boolean {
  if (account.type === 1) return true;
  return account.type === 2 ? isWithin(store, domain.uuid, account.domain) : domain.uuid === account.domain;
}

/** A domain that the caller may change, or make something in: one that he sees. Throws ApiError 531. */
function managed(call: Call, uuid: string): DomainRow {
  const domain = need(call.cloud.store, "domain", uuid);
  if (!maySee(call, domain)) throw denied();
  return domain;
}

function listDomainChildren(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const above = values.text("id") ?? caller.account.domain;
  const recursive = values.flag("isrecursive") === true;
  const name = values.text("name");
  const rows = [...store.all("domain")].filter(
    (row) =>
      row.uuid !== above &&
      maySee(call, row) &&
      (recursive ? isWithin(store, row.uuid, above) : row.parent === above) &&
      (name ?? row.name) === row.name,
  );
  return listOf("domain", rows, (row) => domainView(store, row, { created: true }));
}

function createDomain(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const name = values.need("name");
  const parent = values.text("parentdomainid") ?? caller.account.domain;
  const above = managed(call, parent);
  if (name.includes("/")) throw invalid("Domain name contains '/'");
  if (store.where("domain", "parent", parent).some((row) => row.name === name)) {
    throw invalid(`Domain with name ${name} already exists for the parent id=${above.number}`);
  }
  const row = store.make("domain", { name, parent });
  return {
    kind: "object",
    body: { domain: domainView(store, row) },
    subject: { type: "Domain", uuid: row.uuid, name },
  };
}

function deleteDomain(call: Call): Answer {
  const { cloud, values } = call;
  const { store } = cloud;
  const domain = managed(call, values.need("id"));
  const id = domain.uuid;
  if (domain.parent === undefined) throw invalid("ROOT domain can't be deleted");
  const path = domainPath(store, domain);
  const accounts = () => [...store.all("account")].filter((account) => isWithin(store, account.domain, id));
  return {
    kind: "job",
    instanceType: "Domain",
    subject: { type: "Domain", uuid: id, name: path },
    work: async () => {
      const below = [...store.all("domain")].filter((row) => row.uuid !== id && isWithin(store, row.uuid, id));
      if (values.flag("cleanup") !== true && (accounts().length > 0 || below.length > 0)) {
        throw invalid(`Failed to delete the domain ${path}: it has accounts or domains; use cleanup=true`);
      }
      for (const account of accounts()) await removeAccount(cloud, account);
      for (const row of [...below.toReversed(), domain]) store.drop("domain", row.uuid);
      return { success: true };
    },
  };
}
