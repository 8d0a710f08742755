import { denied, invalid } from "../../core/api-error.ts";
import { isWithin, mayUse } from "../../core/ownership.ts";
import { integer, map, needRef, needText, OWNED_LIST, ref, text } from "../../core/parameter.ts";
import type { AccountRow, AccountType, UserRow } from "../../core/rows.ts";
import { accountView, ROLES } from "../../core/views/account-view.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf } from "../command.ts";
import { accountNamed, matchesNames } from "../scope.ts";
import { removeAccount } from "./account-removal.ts";

export const ACCOUNTS: readonly Command[] = [
  {
    name: "listAccounts",
    description: "Lists accounts that the caller may see",
    access: "user",
    parameters: {
      id: ref("account", "id"),
      name: text("name"),
      ...OWNED_LIST,
      accounttype: integer("0 user, 1 root admin, 2 domain admin"),
      state: text("enabled, disabled or locked"),
      details: text("no effect"),
    },
    run: listAccounts,
  },
  {
    name: "createAccount",
    description: "Creates an account with its first user",
    access: "domain",
    event: "ACCOUNT.CREATE",
    parameters: {
      email: needText("email"),
      firstname: needText("first name"),
      lastname: needText("last name"),
      password: needText("password"),
      username: needText("user name"),
      account: text("name; default the user's"),
      accounttype: integer("0 user, 1 root admin, 2 domain admin"),
      roleid: text("role, in place of accounttype"),
      domainid: ref("domain", "domain; default the caller's"),
      timezone: text("time zone"),
      networkdomain: text("no effect"),
      accountdetails: map("no effect"),
      accountid: text("no effect"),
      userid: text("no effect"),
    },
    run: createAccount,
  },
  {
    name: "disableAccount",
    description: "Disables an account: its keys and sessions are of no use",
    access: "domain",
    event: "ACCOUNT.DISABLE",
    javaClass: "admin.account.DisableAccountCmd",
    parameters: {
      lock: text("true only locks"),
      id: ref("account", "id"),
      account: text("name"),
      domainid: ref("domain", "domain of the name"),
    },
    run: (call) => {
      const account = target(call);
      const { store } = call.cloud;
      return {
        kind: "job",
        instanceType: "Account",
        instance: account.uuid,
        subject: { type: "Account", uuid: account.uuid, name: account.name },
        work: async (job) => {
          const state = call.values.flag("lock") === true ? "locked" : "disabled";
          const changed = store.change("account", account.uuid, { state });
          return { account: { ...accountView(store, changed, call.caller.account), jobid: job.uuid, jobstatus: 0 } };
        },
      };
    },
  },
  {
    name: "enableAccount",
    description: "Enables an account",
    access: "domain",
    event: "ACCOUNT.ENABLE",
    parameters: { id: ref("account", "id"), account: text("name"), domainid: ref("domain", "domain of the name") },
    run: (call) => changed(call, { state: "enabled" }),
  },
  {
    name: "updateAccount",
    description: "Renames an account",
    access: "domain",
    event: "ACCOUNT.UPDATE",
    parameters: {
      id: ref("account", "id"),
      account: text("name"),
      domainid: ref("domain", "domain of the name"),
      newname: text("new name"),
      networkdomain: text("no effect"),
      roleid: text("no effect"),
      accountdetails: map("no effect"),
    },
    run: (call) => changed(call, call.values.has("newname") ? { name: call.values.need("newname") } : {}),
  },
  {
    name: "deleteAccount",
    description: "Deletes an account with all that it owns",
    access: "domain",
    event: "ACCOUNT.DELETE",
    javaClass: "admin.account.DeleteAccountCmd",
    parameters: { id: needRef("account", "id") },
    run: (call) => {
      const account = need(call.cloud.store, "account", call.values.need("id"));
      if (account.isDefault) throw invalid("The account is a system one and can't be removed");
      return {
        kind: "job",
        instanceType: "Account",
        instance: account.uuid,
        subject: { type: "Account", uuid: account.uuid, name: account.name },
        work: async () => {
          await removeAccount(call.cloud, account);
          return { success: true };
        },
      };
    },
  },
];

function listAccounts(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const matches = matchesNames(call);
  const domain = values.text("domainid");
  const everything = values.flag("listall") === true || values.has("id") || domain !== undefined || values.has("name");
  const type = values.integer("accounttype");
  const inDomain = (at: string): boolean =>
    domain === undefined || (values.flag("isrecursive") === true ? isWithin(store, at, domain) : at === domain);
  const rows = [...store.all("account")].filter(
    (row) =>
      row.type !== 5 &&
      mayUse(store, caller.account, row.uuid) &&
      (everything || row.uuid === caller.account.uuid) &&
      inDomain(row.domain) &&
      matches(row.uuid, row.name) &&
      (type ?? row.type) === row.type &&
      (values.text("state") ?? row.state) === row.state,
  );
  return listOf("account", rows, (row) => accountView(store, row, caller.account));
}

async function createAccount(call: Call): Promise<Answer> {
  const {
    cloud: { store, passwords },
    caller,
    values,
  } = call;
  const passwordHash = await passwords.hash(values.need("password")); // First: nothing may happen between check and making.
  const domain = values.text("domainid") ?? caller.account.domain;
  if (store.find("domain", domain) === undefined) throw invalid("Unable to find the domain"); // It went meanwhile.
  if (caller.account.type === 2 && !isWithin(store, domain, caller.account.domain)) throw denied();
  const type = accountType(call);
  if (type === 1 && caller.account.type !== 1) throw denied();
  const username = values.need("username");
  const name = values.text("account") ?? username;
  if (accountNamed(store, name, domain) !== undefined) {
    throw invalid(`The specified account: ${name} already exists`);
  }
  checkUserName(call, username, domain);
  const account = store.make("account", { name, domain, type, state: "enabled", isDefault: false });
  makeUser(call, account, passwordHash);
  return {
    kind: "object",
    body: { account: accountView(store, account, caller.account) },
    subject: { type: "Account", uuid: account.uuid, name },
  };
}

function accountType({ values }: Call): AccountType {
  const role = values.text("roleid");
  const byRole = ROLES.find(({ id }) => id === role);
  if (role !== undefined && byRole === undefined) throw invalid("Unable to find the role");
  const type = byRole?.accountType ?? values.integer("accounttype");
  if (type === undefined) throw invalid("Neither account type and role ID are not provided");
  if (type !== 0 && type !== 1 && type !== 2) throw invalid(`Invalid account type ${type}`);
  return type;
}

/** Throws ApiError 431 where a user name is taken in a domain. */
export function checkUserName({ cloud: { store } }: Call, username: string, domain: string): void {
  for (const user of store.all("user")) {
    if (user.username === username && need(store, "account", user.account).domain === domain) {
      throw invalid(`The user ${username} already exists in domain`);
    }
  }
}

/** Makes a user from the parameters of createAccount and createUser. */
export function makeUser({ cloud: { store }, values }: Call, account: AccountRow, passwordHash: string): UserRow {
  const username = values.need("username");
  return store.make("user", {
    username,
    firstname: values.need("firstname"),
    lastname: values.need("lastname"),
    email: values.need("email"),
    timezone: values.text("timezone"),
    passwordHash,
    account: account.uuid,
    state: "enabled",
    isDefault: false,
  });
}

/** The account of id, or of account and domainid, that the caller manages. */
function target({ cloud: { store }, caller, values }: Call): AccountRow {
  const name = values.text("account");
  const byName =
    name === undefined ? undefined : accountNamed(store, name, values.text("domainid") ?? caller.account.domain);
  const account = store.find("account", values.text("id")) ?? byName;
  if (account === undefined) throw invalid("Unable to find the account");
  if (!mayUse(store, caller.account, account.uuid)) throw denied();
  if (account.isDefault) throw invalid("The account is a system one and can't be changed");
  return account;
}

function changed(call: Call, fields: Partial<AccountRow>): Answer {
  const account = call.cloud.store.change("account", target(call).uuid, fields);
  return {
    kind: "object",
    body: { account: accountView(call.cloud.store, account, call.caller.account) },
    subject: { type: "Account", uuid: account.uuid, name: account.name },
  };
}
