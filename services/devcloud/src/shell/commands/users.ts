import { denied, invalid } from "../../core/api-error.ts";
import { mayUse } from "../../core/ownership.ts";
import { needRef, needText, OWNED_LIST, ref, text } from "../../core/parameter.ts";
import type { ApiKeyRow, UserRow } from "../../core/rows.ts";
import { userView } from "../../core/views/account-view.ts";
import { apiKeyView } from "../../core/views/small-views.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf, SUCCESS } from "../command.ts";
import { newApiKey } from "../passwords.ts";
import { accountNamed, matchesNames, ownersInScope } from "../scope.ts";
import { checkUserName, makeUser } from "./accounts.ts";

export const USERS: readonly Command[] = [
  {
    name: "listUsers",
    description: "Lists users",
    access: "user",
    parameters: {
      id: ref("user", "id"),
      username: text("user name"),
      ...OWNED_LIST,
      state: text("state"),
      accounttype: text("no effect"),
    },
    run: listUsers,
  },
  {
    name: "createUser",
    description: "Creates a user of an account",
    access: "domain",
    event: "USER.CREATE",
    parameters: {
      account: needText("account"),
      email: needText("email"),
      firstname: needText("first name"),
      lastname: needText("last name"),
      password: needText("password"),
      username: needText("user name"),
      domainid: ref("domain", "domain of the account"),
      timezone: text("time zone"),
      userid: text("no effect"),
    },
    run: createUser,
  },
  {
    name: "updateUser",
    description: "Changes a user",
    access: "user",
    event: "USER.UPDATE",
    parameters: {
      id: needRef("user", "id"),
      email: text("email"),
      firstname: text("first name"),
      lastname: text("last name"),
      password: text("password"),
      currentpassword: text("the old password; needed by who is no admin"),
      username: text("user name"),
      timezone: text("time zone"),
    },
    run: updateUser,
  },
  {
    name: "deleteUser",
    description: "Deletes a user",
    access: "domain",
    event: "USER.DELETE",
    parameters: { id: needRef("user", "id") },
    run: ({ cloud: { store }, values }) => {
      const user = need(store, "user", values.need("id"));
      if (user.isDefault) throw invalid("The user is a system one and can't be removed");
      for (const key of store.where("apiKey", "user", user.uuid)) store.drop("apiKey", key.uuid);
      store.drop("user", user.uuid);
      return SUCCESS;
    },
  },
  {
    name: "registerUserKeys",
    description: "Makes a new API key of a user",
    access: "user",
    event: "REGISTER.USER.KEY",
    javaClass: "admin.user.RegisterUserKeysCmd",
    parameters: { id: needRef("user", "id"), name: text("name") },
    run: registerUserKeys,
  },
  {
    name: "getUserKeys",
    description: "Tells the last key of a user",
    access: "user",
    parameters: { id: needRef("user", "id") },
    run: ({ cloud: { store }, values }) => {
      const key = store.where("apiKey", "user", values.need("id")).at(-1);
      const keys = key === undefined ? {} : { apikey: key.apiKey, secretkey: key.secretKey };
      return { kind: "object", body: { userkeys: { ...keys, apikeyaccess: true } } };
    },
  },
  {
    name: "listUserKeys",
    description: "Lists the keys of a user",
    access: "user",
    parameters: {
      userid: ref("user", "user; default all of whom the caller may know the keys"),
      keyid: text("key"),
      ...OWNED_LIST,
    },
    run: ({ cloud: { store }, caller, values }) => {
      const user = values.text("userid");
      const rows = [...store.all("apiKey")].filter(
        (key) =>
          (user ?? key.user) === key.user && mayUse(store, caller.account, need(store, "user", key.user).account),
      );
      return listOf("userapikey", rows, (key) => apiKeyView(store, key));
    },
  },
];

function listUsers(call: Call): Answer {
  const {
    cloud: { store },
    caller,
    values,
  } = call;
  const inScope = ownersInScope(call);
  const username = values.text("username");
  const matches = matchesNames(call);
  const rows = [...store.all("user")].filter(
    (user) =>
      inScope(user.account) &&
      matches(user.uuid, user.username) &&
      (username ?? user.username) === user.username &&
      (values.text("state") ?? user.state) === user.state,
  );
  return listOf("user", rows, (user) => userView(store, user, caller.account));
}

async function createUser(call: Call): Promise<Answer> {
  const {
    cloud: { store, passwords },
    caller,
    values,
  } = call;
  const passwordHash = await passwords.hash(values.need("password")); // First: nothing may happen between check and making.
  const account = accountNamed(store, values.need("account"), values.text("domainid") ?? caller.account.domain);
  if (account === undefined) throw invalid("Unable to find account");
  if (!mayUse(store, caller.account, account.uuid)) throw denied();
  checkUserName(call, values.need("username"), account.domain);
  const user = makeUser(call, account, passwordHash);
  return {
    kind: "object",
    body: { user: userView(store, user) },
    subject: { type: "User", uuid: user.uuid, name: user.username },
  };
}

async function updateUser(call: Call): Promise<Answer> {
  const {
    cloud: { store, sessions },
    caller,
    values,
  } = call;
  const passwordHash = await newPasswordHash(call);
  const user = need(store, "user", values.need("id"));
  const username = values.text("username");
  if (username !== undefined && username !== user.username) {
    checkUserName(call, username, need(store, "account", user.account).domain);
  }
  const fields: Partial<UserRow> = {
    username: username ?? user.username,
    firstname: values.text("firstname") ?? user.firstname,
    lastname: values.text("lastname") ?? user.lastname,
    email: values.text("email") ?? user.email,
    timezone: values.text("timezone") ?? user.timezone,
    passwordHash: passwordHash ?? user.passwordHash,
  };
  if (passwordHash !== undefined) sessions.closeOthers(user.uuid, caller.session);
  return { kind: "object", body: { user: userView(store, store.change("user", user.uuid, fields)) } };
}

/** Who is no admin proves that the old password is known: a session may be a stolen one. Throws ApiError 431. */
async function newPasswordHash({ cloud: { store, passwords }, caller, values }: Call): Promise<string | undefined> {
  const password = values.text("password");
  if (password === undefined) return undefined;
  if (caller.account.type !== 1 && caller.account.type !== 2) {
    const current = values.text("currentpassword");
    if (current === undefined) throw invalid("To set a new password the current password must be provided.");
    const { passwordHash } = need(store, "user", values.need("id"));
    if (!(await passwords.isRight(current, passwordHash))) throw invalid("Current password is incorrect.");
  }
  return passwords.hash(password);
}

function registerUserKeys({ cloud: { store, maxPerAccount }, values }: Call): Answer {
  const user = need(store, "user", values.need("id"));
  return {
    kind: "job",
    instanceType: "User",
    instance: user.uuid,
    subject: { type: "User", uuid: user.uuid, name: user.username },
    work: async () => {
      // Nobody can delete a key: the oldest gives way, but for the one in the admin's key file, which is the first.
      const [oldest, ...others] = store.where("apiKey", "user", user.uuid);
      const leaving = user.isDefault ? others[0] : oldest;
      if (others.length + 1 >= maxPerAccount && leaving !== undefined) store.drop("apiKey", leaving.uuid);
      const name = values.text("name") ?? `${user.number} - API key pair`;
      const key: ApiKeyRow = store.make("apiKey", {
        name,
        apiKey: newApiKey(),
        secretKey: newApiKey(),
        user: user.uuid,
      });
      await store.commit();
      return { userkeys: apiKeyView(store, key) };
    },
  };
}
