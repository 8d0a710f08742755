import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import { print } from "./api-objects.ts";
import { configurationApi } from "./connection.ts";
import { table } from "./report.ts";
import { readSecret } from "./secret-input.ts";

/** Where and as what a user is, as commander gives it. */
export interface UserOptions {
  readonly role: readonly string[];
  readonly project: readonly string[];
  readonly domain: readonly string[];
  readonly json: boolean;
}

interface ShownPlace {
  readonly project?: string;
  readonly domain?: string;
}

interface ShownUser {
  readonly name: string;
  readonly created: string;
  readonly grants: readonly (ShownPlace & { readonly role: string })[];
}

/** `contrail user add NAME`. */
export async function userAdd(
  name: string,
  options: UserOptions & { readonly passwordFile?: string },
): Promise<number> {
  const grants = grantsOf(name, options);
  const password = await readSecret("password", options.passwordFile);
  const answer = await configurationApi().call("POST", "/access/users", { name, password, grants });
  if (options.json) print(answer);
  else process.stdout.write(`user ${name} is added\n`);
  return 0;
}

/** `contrail user grant NAME`: other roles in place of those that it has; its sessions end. */
export async function userGrant(name: string, options: UserOptions): Promise<number> {
  const grants = grantsOf(name, options);
  await configurationApi().call("PUT", `/access/users/${encodeURIComponent(name)}/grants`, { grants });
  return 0;
}

/** Every role in every place that is named; in the whole cloud where none is. */
function grantsOf(name: string, { role, project, domain }: UserOptions): readonly JsonObject[] {
  const places: JsonObject[] = [
    ...project.map((each) => ({ project: each })),
    ...domain.map((each) => ({ domain: each })),
  ];
  if (places.length === 0 && role.length === 0) {
    const advice = "name a place by --project or --domain, or a role of the whole cloud by --role (admin, reader)";
    throw new ContrailError("cli.bad_request", `what may ${name} do? ${advice}`);
  }
  const roles = role.length === 0 ? ["member"] : role;
  return (places.length === 0 ? [{}] : places).flatMap((place) => roles.map((each) => ({ role: each, ...place })));
}

/** `contrail user list`. */
export async function userList(json: boolean): Promise<number> {
  const answer = await configurationApi().call("GET", "/access/users");
  if (json) print(answer);
  else {
    const users = answer.users as unknown as readonly ShownUser[]; // The API's own answer.
    const rows = users.map(({ name, created, grants }) => [
      name,
      grants.map((grant) => `${grant.role} ${placeText(grant)}`).join(", "),
      created,
    ]);
    process.stdout.write(table([["NAME", "ROLES", "ADDED"], ...rows]));
  }
  return 0;
}

/** `contrail user remove NAME`: its keys and sessions go too. */
export async function userRemove(name: string): Promise<number> {
  await configurationApi().call("DELETE", `/access/users/${encodeURIComponent(name)}`);
  return 0;
}

/** `contrail user passwd NAME`: its sessions end, its keys stay. */
export async function userPassword(name: string, passwordFile: string | undefined): Promise<number> {
  const password = await readSecret("password", passwordFile);
  await configurationApi().call("PUT", `/access/users/${encodeURIComponent(name)}/password`, { password });
  return 0;
}

/** "in default-domain:p", or "everywhere". */
export function placeText({ project, domain }: ShownPlace): string {
  if (project !== undefined) return `in ${project}`;
  return domain === undefined ? "everywhere" : `in domain ${domain}`;
}
