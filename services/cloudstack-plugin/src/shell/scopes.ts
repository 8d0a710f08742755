import type { ApiObject, CloudStackClient } from "@contrail/cloudstack-api";

/** Parameters of a call, by name. */
export type Parameters = Readonly<Record<string, string>>;

/** What a root administrator sees of every account. */
export const ALL: Parameters = { listall: "true" };
/** Projects' things are in no list without this, and nothing else is in a list with it. */
export const SCOPES: readonly Parameters[] = [ALL, { ...ALL, projectid: "-1" }];

/** The pages of a list of what belongs to accounts and to projects. */
export async function* scopedPages(
  client: CloudStackClient,
  command: string,
  key: string,
  parameters: Parameters,
): AsyncGenerator<readonly ApiObject[]> {
  for (const scope of SCOPES) yield* client.pages(command, key, { ...parameters, ...scope });
}

/** The items of all pages. */
export async function everyScope(
  client: CloudStackClient,
  command: string,
  key: string,
  parameters: Parameters,
): Promise<readonly ApiObject[]> {
  const all: ApiObject[] = [];
  for await (const page of scopedPages(client, command, key, parameters)) all.push(...page);
  return all;
}
