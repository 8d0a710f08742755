import { ApiError, unauthenticated } from "../core/api-error.ts";
import type { JsonObject } from "../core/json.ts";
import { domainPath } from "../core/ownership.ts";
import type { UserRow } from "../core/rows.ts";
import { MANAGEMENT_SERVER_VIEW } from "../core/views/infrastructure-view.ts";
import { need } from "../core/world.ts";
import type { Cloud } from "./cloud.ts";
import type { ApiReply, ApiRequest } from "./http.ts";
import { SESSION_SECONDS } from "./sessions.ts";

/** login: user name, password and domain ("/", "ROOT/acme", "acme") for a session. Throws ApiError 531, or 429 where too many try. */
export async function login({ store, sessions, passwords }: Cloud, { parameters }: ApiRequest): Promise<ApiReply> {
  const username = parameters.get("username") ?? "";
  const user = findUser(store, username, parameters.get("domain") ?? "", parameters.get("domainid"));
  const account = user === undefined ? undefined : need(store, "account", user.account);
  const isRight =
    user !== undefined &&
    user.state === "enabled" &&
    account?.state === "enabled" &&
    (await passwords.isRight(parameters.get("password") ?? "", user.passwordHash)) &&
    store.find("user", user.uuid)?.passwordHash === user.passwordHash; // It may have been changed meanwhile.
  if (!isRight || account === undefined) {
    const text = `Failed to authenticate user ${username} in domain 1; please provide valid credentials`;
    throw new ApiError(531, text, "none");
  }
  const { id, key } = sessions.open(user.uuid);
  const body: JsonObject = {
    username: user.username,
    userid: user.uuid,
    domainid: account.domain,
    timeout: SESSION_SECONDS,
    account: account.name,
    firstname: user.firstname,
    lastname: user.lastname,
    type: String(account.type),
    timezone: user.timezone ?? "UTC",
    timezoneoffset: "0.0",
    registered: "false",
    sessionkey: key,
    is2faenabled: "false",
    is2faverified: "true",
    issuerfor2fa: "CloudStack",
    managementserverid: MANAGEMENT_SERVER_VIEW.managementserverid,
  };
  const cookies = [
    `JSESSIONID=${id}; Path=/client; HttpOnly; SameSite=Lax`,
    `sessionkey=${key}; Path=/client; HttpOnly; SameSite=Lax`,
  ];
  return { status: 200, root: "loginresponse", body, cookies };
}

function findUser(
  store: Cloud["store"],
  username: string,
  path: string,
  domainId: string | undefined,
): UserRow | undefined {
  const wanted = ["ROOT", ...path.split("/").filter((part) => part !== "" && part !== "ROOT")].join("/");
  for (const user of store.all("user")) {
    if (user.username !== username) continue;
    const domain = need(store, "domain", need(store, "account", user.account).domain);
    if (domainId === undefined ? domainPath(store, domain) === wanted : domain.uuid === domainId) return user;
  }
  return undefined;
}

/** logout: ends the session of the cookie; who has none is told 401. */
export function logout({ sessions }: Cloud, { session }: ApiRequest): ApiReply {
  if (session === undefined || !sessions.has(session)) throw unauthenticated();
  sessions.close(session);
  return { status: 200, root: "logoutresponse", body: { description: "success" } };
}
