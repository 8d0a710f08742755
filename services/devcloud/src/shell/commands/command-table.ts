import type { Command } from "../command.ts";
import { ACCOUNTS } from "./accounts.ts";
import { listApisCommand } from "./apis.ts";
import { CUSTOM_ACTIONS } from "./custom-actions.ts";
import { DOMAINS } from "./domains.ts";
import { EMPTY_LISTS } from "./empty-lists.ts";
import { EXTENSIONS } from "./extensions.ts";
import { INFRASTRUCTURE } from "./infrastructure.ts";
import { JOBS_AND_EVENTS } from "./jobs-and-events.ts";
import { KEYS_AND_GROUPS } from "./keys-and-groups.ts";
import { LIMITS } from "./limits.ts";
import { MACHINE_DEPLOY } from "./machine-deploy.ts";
import { MACHINES } from "./machines.ts";
import { NETWORK_OFFERINGS } from "./network-offerings.ts";
import { NETWORKS } from "./networks.ts";
import { NICS } from "./nics.ts";
import { OFFERINGS } from "./offerings.ts";
import { PROJECTS } from "./projects.ts";
import { TAGS } from "./tags.ts";
import { USERS } from "./users.ts";
import { WEBHOOKS } from "./webhooks.ts";

/** All commands, by their name in lower case. */
export function commandTable(): ReadonlyMap<string, Command> {
  const table = new Map<string, Command>();
  const groups = [
    ...[INFRASTRUCTURE, OFFERINGS, NETWORK_OFFERINGS, DOMAINS, ACCOUNTS, USERS, PROJECTS, NETWORKS, MACHINE_DEPLOY],
    ...[
      MACHINES,
      NICS,
      KEYS_AND_GROUPS,
      JOBS_AND_EVENTS,
      TAGS,
      LIMITS,
      EXTENSIONS,
      CUSTOM_ACTIONS,
      WEBHOOKS,
      EMPTY_LISTS,
    ],
  ];
  for (const command of groups.flat()) table.set(command.name.toLowerCase(), command);
  table.set("listapis", listApisCommand(table));
  return table;
}
