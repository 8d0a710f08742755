import { apiDate } from "../date.ts";
import type { Json, JsonObject } from "../json.ts";
import { domainPath } from "../ownership.ts";
import type { EventRow, JobRow } from "../rows.ts";
import { need, type World } from "../world.ts";
import { MANAGEMENT_SERVER_VIEW } from "./infrastructure-view.ts";
import { ownerView } from "./owner-view.ts";

/** A job as queryAsyncJobResult and listAsyncJobs show it; the server's name while it is at work. */
export function jobView(world: World, job: JobRow): JsonObject {
  const account = need(world, "account", job.account);
  const pending = job.status === 0;
  const result = job.result === undefined ? undefined : (JSON.parse(job.result) as Json); // Written by our own JSON.stringify.
  return {
    accountid: account.uuid,
    account: account.name,
    domainid: account.domain,
    domainpath: domainPath(world, need(world, "domain", account.domain)),
    userid: job.user,
    cmd: job.javaClass,
    jobprocstatus: 0,
    jobresultcode: job.resultCode,
    jobresulttype: pending ? undefined : "object",
    jobresult: result,
    jobinstancetype: job.instanceType,
    jobinstanceid: job.instance,
    ...(pending ? MANAGEMENT_SERVER_VIEW : {}),
    created: apiDate(job.createdMs),
    completed: job.completedMs === undefined ? undefined : apiDate(job.completedMs),
    jobid: job.uuid,
    jobstatus: job.status,
  };
}

/** An event. */
export function eventView(world: World, event: EventRow): JsonObject {
  return {
    id: event.uuid,
    username: event.username,
    type: event.type,
    level: event.level,
    description: event.description,
    ...ownerView(world, event.account),
    resourceid: event.resource,
    resourcetype: event.resourceType,
    resourcename: event.resourceName,
    created: apiDate(event.createdMs),
    state: event.state,
    parentid: event.parent,
  };
}
