import { ApiError, denied, unauthenticated } from "../core/api-error.ts";
import { rootKey } from "../core/envelope.ts";
import type { JsonObject } from "../core/json.ts";
import { mayUse, ownerOf } from "../core/ownership.ts";
import { pageOf } from "../core/paging.ts";
import type { AccountType } from "../core/rows.ts";
import { noSuchEntity, type RawParameters, Values } from "../core/values.ts";
import type { Cloud } from "./cloud.ts";
import type { Access, Answer, Call, Command } from "./command.ts";
import type { Subject } from "./events.ts";
import type { Caller } from "./identify.ts";

const ALLOWED: Readonly<Record<Access, readonly AccountType[]>> = { user: [0, 1, 2, 5], domain: [1, 2], admin: [1] };

/** True where the role of an account may call a command. */
export function mayCall(command: Command, type: AccountType): boolean {
  return ALLOWED[command.access].includes(type);
}

/** A command's result, or its refusal, below a root key. */
export interface Outcome {
  readonly root: string;
  readonly body: JsonObject;
}

/** Checks and runs one call and gives the body below the root key; it is durable then. Throws ApiError. */
export async function dispatch(cloud: Cloud, command: Command, caller: Caller, raw: RawParameters): Promise<Outcome> {
  const values = new Values(command.name, command.parameters, withUuids(cloud, command, raw));
  checkEntities(cloud, command, caller, values);
  const call: Call = { cloud, caller, values };
  const page = command.name.startsWith("list") ? pageOf(values) : undefined;
  const answer = await command.run(call);
  const body = finish(call, command, answer, page);
  await cloud.store.commit();
  return { root: rootKey(command.name), body };
}

/** The command of a name and a caller. Throws 401 for an unknown one, 432 for one above the caller's role. */
export function commandFor(table: ReadonlyMap<string, Command>, name: string | undefined, caller: Caller): Command {
  const command = name === undefined ? undefined : table.get(name.toLowerCase());
  if (command === undefined) throw unauthenticated();
  if (mayCall(command, caller.account.type)) return command;
  const text = `The API [${command.name}] does not exist or is not available for the account ${caller.account.name}.`;
  throw new ApiError(432, text);
}

/** CloudStack takes a database number for a uuid wherever a command is older than its version 3; here it does so for `id`. */
function withUuids({ store }: Cloud, { parameters }: Command, raw: RawParameters): RawParameters {
  const given = raw.get("id") ?? "";
  const entity = parameters.id?.entity;
  if (entity === undefined || !/^\d{1,15}$/.test(given)) return raw;
  for (const row of store.all(entity)) {
    if (row.number === Number(given)) return new Map(raw).set("id", row.uuid);
  }
  return raw;
}

/** Every uuid must be of its kind, and, unless the command only lists, of a thing that the caller may use. */
function checkEntities({ store }: Cloud, command: Command, caller: Caller, values: Values): void {
  const listing = command.name.startsWith("list");
  for (const [name, { entity, type }] of Object.entries(command.parameters)) {
    if (entity === undefined || !values.has(name)) continue;
    for (const uuid of type === "list" ? (values.list(name) ?? []) : [values.need(name)]) {
      const row = store.find(entity, uuid);
      if (row === undefined) throw noSuchEntity(command.name, name, uuid);
      const owner = ownerOf(store, entity, row);
      if (!listing && owner !== undefined && !mayUse(store, caller.account, owner)) throw denied();
    }
  }
}

function finish(
  call: Call,
  command: Command,
  answer: Answer,
  page: { from: number; to: number } | undefined,
): JsonObject {
  switch (answer.kind) {
    case "list": {
      if (answer.count === 0) return {};
      const items = answer.items(page?.from ?? 0, page?.to ?? answer.count);
      return items.length === 0 ? { count: answer.count } : { count: answer.count, [answer.key]: items };
    }
    case "object":
      tell(call, command, answer, { state: "Completed" });
      return answer.body;
    case "job":
      return { id: answer.id, jobid: acceptJob(call, command, answer) };
  }
}

interface Told {
  readonly subject?: Subject;
  readonly owner?: string;
}

interface Stage {
  readonly state: "Scheduled" | "Started" | "Completed";
  readonly failed?: true;
  /** uuid of the event of the first stage. */
  readonly parent?: string | undefined;
}

function tell(
  { cloud, caller }: Call,
  { event, name }: Command,
  { subject, owner: told }: Told,
  { state, failed, parent }: Stage,
): string | undefined {
  if (event === undefined) return undefined;
  const done = failed === true ? "Error while completing" : state === "Completed" ? "Successfully completed" : state;
  const description = `${done} ${name}${subject === undefined ? "" : ` of ${subject.type} ${subject.uuid}`}`;
  const owner = cloud.store.find("account", told)?.uuid ?? caller.account.uuid;
  const level = failed === true ? "ERROR" : "INFO";
  return cloud.events.tell(caller, owner, { type: event, state, description, subject, level, parent }).uuid;
}

function acceptJob(call: Call, command: Command, answer: Extract<Answer, { kind: "job" }>): string {
  const { cloud, caller } = call;
  const ours = caller.account.type === 1 ? command.adminJavaClass : undefined;
  const parent = tell(call, command, answer, { state: "Scheduled" });
  const job = cloud.jobs.accept(caller, {
    command: command.name,
    javaClass: `org.apache.cloudstack.api.command.${ours ?? command.javaClass ?? `user.${command.name}Cmd`}`,
    instanceType: answer.instanceType,
    instance: answer.instance,
    work: async (row) => {
      tell(call, command, answer, { state: "Started", parent });
      try {
        const result = await answer.work(row);
        tell(call, command, answer, { state: "Completed", parent });
        return result;
      } catch (reason) {
        tell(call, command, answer, { state: "Completed", failed: true, parent });
        throw reason;
      }
    },
  });
  return job.uuid;
}
