import { denied, invalid } from "../../core/api-error.ts";
import { checkLimit } from "../../core/limits.ts";
import { isMember, isWithin } from "../../core/ownership.ts";
import { flag, map, needRef, needText, PAGING, ref, text } from "../../core/parameter.ts";
import type { ProjectRow } from "../../core/rows.ts";
import { projectView, userView } from "../../core/views/account-view.ts";
import { inDomainView } from "../../core/views/owner-view.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf } from "../command.ts";
import { accountNamed, matchesNames, ownerFor } from "../scope.ts";
import { removeProject } from "./account-removal.ts";

const PROJECT = { id: needRef("project", "id") };

export const PROJECTS: readonly Command[] = [
  {
    name: "listProjects",
    description: "Lists the caller's projects",
    access: "user",
    parameters: {
      id: ref("project", "id"),
      name: text("name"),
      ...PAGING,
      account: text("account"),
      domainid: ref("domain", "domain"),
      state: text("Active or Suspended"),
      displaytext: text("text"),
      listall: flag("all that the caller may see"),
      isrecursive: flag("domains below too"),
      details: text("no effect"),
      tags: map("tags"),
    },
    run: listProjects,
  },
  {
    name: "createProject",
    description: "Creates a project; the caller, or account, is its owner",
    access: "user",
    event: "PROJECT.CREATE",
    javaClass: "user.project.CreateProjectCmd",
    parameters: {
      name: needText("name"),
      displaytext: text("text; default the name"),
      account: text("owner"),
      domainid: ref("domain", "domain of the owner"),
      accountid: text("no effect"),
      userid: text("no effect"),
    },
    run: createProject,
  },
  {
    name: "updateProject",
    description: "Changes a project's text or owner",
    access: "user",
    event: "PROJECT.UPDATE",
    javaClass: "user.project.UpdateProjectCmd",
    parameters: {
      ...PROJECT,
      displaytext: text("text"),
      name: text("name"),
      account: text("new owner"),
      roletype: text("no effect"),
      swapowner: flag("no effect"),
    },
    run: (call) =>
      onProject(call, async (project) => {
        const fields = {
          displaytext: call.values.text("displaytext") ?? project.displaytext,
          name: call.values.text("name") ?? project.name,
        };
        const changed = call.cloud.store.change("project", project.uuid, fields);
        if (call.values.has("account")) giveTo(call, changed, call.values.need("account"));
        return changed;
      }),
  },
  {
    name: "suspendProject",
    description: "Stops a project's machines and lets nothing be made in it",
    access: "user",
    event: "PROJECT.SUSPEND",
    javaClass: "user.project.SuspendProjectCmd",
    parameters: PROJECT,
    run: (call) =>
      onProject(call, async (project) => {
        for (const machine of call.cloud.store.where("machine", "account", project.account))
          await call.cloud.machines.stop(machine.uuid);
        return call.cloud.store.change("project", project.uuid, { state: "Suspended" });
      }),
  },
  {
    name: "activateProject",
    description: "Lets a project be used again",
    access: "user",
    event: "PROJECT.ACTIVATE",
    javaClass: "user.project.ActivateProjectCmd",
    parameters: PROJECT,
    run: (call) =>
      onProject(call, async (project) => call.cloud.store.change("project", project.uuid, { state: "Active" })),
  },
  {
    name: "deleteProject",
    description: "Deletes a project with all that is in it",
    access: "user",
    event: "PROJECT.DELETE",
    javaClass: "user.project.DeleteProjectCmd",
    parameters: { ...PROJECT, cleanup: flag("no effect: what is in it always goes") },
    run: (call) => {
      const project = managed(call, call.values.need("id"));
      return {
        kind: "job",
        subject: { type: "Project", uuid: project.uuid, name: project.name },
        work: async () => {
          await removeProject(call.cloud, project);
          return { success: true };
        },
      };
    },
  },
  {
    name: "addAccountToProject",
    description: "Makes an account a member of a project",
    access: "user",
    event: "PROJECT.ACCOUNT.ADD",
    javaClass: "user.account.AddAccountToProjectCmd",
    parameters: {
      projectid: needRef("project", "project"),
      account: text("account"),
      email: text("not supported"),
      projectroleid: text("no effect"),
      roletype: text("Admin or Regular"),
    },
    run: (call) =>
      membership(call, (project, account) => {
        const { store } = call.cloud;
        if (isMember(store, project, account)) return;
        const role = call.values.text("roletype")?.toLowerCase() === "admin" ? "Admin" : "Regular";
        store.make("projectMember", { project: project.uuid, account: account.uuid, role });
      }),
  },
  {
    name: "deleteAccountFromProject",
    description: "Takes an account out of a project",
    access: "user",
    event: "PROJECT.ACCOUNT.REMOVE",
    javaClass: "user.account.DeleteAccountFromProjectCmd",
    parameters: { projectid: needRef("project", "project"), account: needText("account") },
    run: (call) =>
      membership(call, (project, account) => {
        const { store } = call.cloud;
        const members = store.where("projectMember", "project", project.uuid);
        const own = members.find((member) => member.account === account.uuid);
        if (own?.role === "Admin" && members.filter(({ role }) => role === "Admin").length === 1) {
          throw invalid("Unable to delete account from the project as the account is the owner of the project");
        }
        if (own !== undefined) store.drop("projectMember", own.uuid);
      }),
  },
  {
    name: "listProjectAccounts",
    description: "Lists the members of a project",
    access: "user",
    parameters: {
      projectid: needRef("project", "project"),
      ...PAGING,
      account: text("account"),
      role: text("Admin or Regular"),
      userid: text("no effect"),
      projectroleid: text("no effect"),
    },
    run: listProjectAccounts,
  },
];

function maySee({ cloud: { store }, caller: { account } }: Call, project: ProjectRow): boolean {
  return (
    account.type === 1 ||
    (account.type === 2 && isWithin(store, project.domain, account.domain)) ||
    isMember(store, project, account)
  );
}

/** A project that the caller may change: root, admins of its domain, its owners. */
function managed(call: Call, uuid: string): ProjectRow {
  const {
    cloud: { store },
    caller,
  } = call;
  const project = need(store, "project", uuid);
  const owns = store
    .where("projectMember", "project", uuid)
    .some(({ account, role }) => account === caller.account.uuid && role === "Admin");
  const isAbove = caller.account.type !== 0 && maySee(call, project);
  if (!owns && !isAbove) throw denied();
  return project;
}

function listProjects(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const matches = matchesNames(call);
  const all = values.flag("listall") === true || values.has("id") || caller.account.type === 1;
  const rows = [...store.all("project")].filter(
    (row) =>
      maySee(call, row) &&
      (all || isMember(store, row, caller.account)) &&
      matches(row.uuid, row.name) &&
      (values.text("state") ?? row.state) === row.state &&
      (values.text("domainid") ?? row.domain) === row.domain,
  );
  return listOf("project", rows.toReversed(), (row) => projectView(store, row));
}

function createProject(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const owner = ownerFor(call);
  checkLimit(store, owner.uuid, "project");
  const name = values.need("name");
  for (const row of store.all("project")) {
    if (row.name === name && row.domain === owner.domain)
      throw invalid(`Project with name ${name} already exists in domain id=${owner.domain}`);
  }
  const count = store.count("project") + 1;
  const account = store.make("account", {
    name: `PrjAcct-${name}-${count}`,
    domain: owner.domain,
    type: 5,
    state: "enabled",
    isDefault: false,
  });
  const project = store.make("project", {
    name,
    displaytext: values.text("displaytext") ?? name,
    domain: owner.domain,
    account: account.uuid,
    state: "Active",
  });
  store.make("projectMember", { project: project.uuid, account: owner.uuid, role: "Admin" });
  return {
    kind: "job",
    id: project.uuid,
    instanceType: "None",
    subject: { type: "Project", uuid: project.uuid, name },
    work: async () => ({ project: projectView(store, need(store, "project", project.uuid)) }),
  };
}

function onProject(call: Call, change: (project: ProjectRow) => Promise<ProjectRow>): Answer {
  const project = managed(call, call.values.need("id"));
  return {
    kind: "job",
    subject: { type: "Project", uuid: project.uuid, name: project.name },
    work: async () => {
      const changed = await change(project);
      await call.cloud.store.commit();
      return { project: projectView(call.cloud.store, changed) };
    },
  };
}

function giveTo({ cloud: { store } }: Call, project: ProjectRow, name: string): void {
  const account = accountNamed(store, name, project.domain);
  if (account === undefined) throw invalid(`Unable to find account name=${name} in specified domain id`);
  for (const member of store.where("projectMember", "project", project.uuid)) {
    if (member.account === account.uuid) store.drop("projectMember", member.uuid);
    else if (member.role === "Admin") store.change("projectMember", member.uuid, { role: "Regular" });
  }
  store.make("projectMember", { project: project.uuid, account: account.uuid, role: "Admin" });
}

function membership(
  call: Call,
  change: (project: ProjectRow, account: NonNullable<ReturnType<typeof accountNamed>>) => void,
): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const project = managed(call, values.need("projectid"));
  return {
    kind: "job",
    instanceType: "Project",
    subject: { type: "Project", uuid: project.uuid, name: project.name },
    work: async () => {
      const name = values.text("account");
      const account = name === undefined ? undefined : accountNamed(store, name, project.domain);
      if (account === undefined) throw invalid(`Unable to find account name=${name} in specified domain id`);
      change(project, account);
      return { success: true };
    },
  };
}

function listProjectAccounts(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const project = need(store, "project", values.need("projectid"));
  if (!maySee(call, project)) throw denied();
  const rows = store
    .where("projectMember", "project", project.uuid)
    .map((member) => ({ member, account: need(store, "account", member.account) }))
    .filter(
      ({ member, account }) =>
        (values.text("role") ?? member.role) === member.role &&
        (values.text("account") ?? account.name) === account.name,
    );
  return listOf("projectaccount", rows, ({ member, account }) => ({
    projectid: project.uuid,
    project: project.name,
    accountid: account.uuid,
    account: account.name,
    accounttype: account.type,
    role: member.role,
    ...inDomainView(store, account.domain),
    user: store.where("user", "account", account.uuid).map((user) => userView(store, user)),
  }));
}
