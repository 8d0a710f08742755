import { projectOf } from "../../core/ownership.ts";
import type { AccountRow, ProjectRow } from "../../core/rows.ts";
import type { Cloud } from "../cloud.ts";
import type { Store } from "../store.ts";

/** Removes an account with all that it owns: machines, then networks, then the rest. Throws ApiError where the back end fails. */
export async function removeAccount(cloud: Cloud, account: AccountRow): Promise<void> {
  const { store } = cloud;
  for (const machine of store.where("machine", "account", account.uuid))
    await cloud.machines.destroy(machine.uuid, true);
  for (const network of store.where("network", "account", account.uuid)) await cloud.networks.destroy(network.uuid);
  for (const pair of store.where("keyPair", "account", account.uuid)) store.drop("keyPair", pair.uuid);
  for (const { uuid } of store.where("webhook", "account", account.uuid)) dropWebhook(store, uuid);
  for (const kind of ["userData", "affinityGroup", "tag", "event", "job"] as const) {
    for (const row of [...store.all(kind)]) if (row.account === account.uuid) store.drop(kind, row.uuid);
  }
  for (const limit of store.where("limit", "owner", account.uuid)) store.drop("limit", limit.uuid);
  for (const member of store.where("projectMember", "account", account.uuid)) store.drop("projectMember", member.uuid);
  for (const user of store.where("user", "account", account.uuid)) {
    for (const key of store.where("apiKey", "user", user.uuid)) store.drop("apiKey", key.uuid);
    store.drop("user", user.uuid);
  }
  const project = projectOf(store, account.uuid);
  if (project !== undefined) dropProject(cloud, project);
  store.drop("account", account.uuid);
  await store.commit();
}

/** Forgets a webhook with what was sent to it. */
export function dropWebhook(store: Store, webhook: string): void {
  for (const { uuid } of store.where("webhookDelivery", "webhook", webhook)) store.drop("webhookDelivery", uuid);
  store.drop("webhook", webhook);
}

/** Removes a project with all that its account owns. */
export async function removeProject(cloud: Cloud, project: ProjectRow): Promise<void> {
  const account = cloud.store.find("account", project.account);
  if (account === undefined) dropProject(cloud, project);
  else await removeAccount(cloud, account);
}

function dropProject({ store }: Cloud, project: ProjectRow): void {
  for (const member of store.where("projectMember", "project", project.uuid)) store.drop("projectMember", member.uuid);
  for (const tag of store.where("tag", "resource", project.uuid)) store.drop("tag", tag.uuid);
  store.drop("project", project.uuid);
}
