import { denied } from "../../core/api-error.ts";
import { mayUse } from "../../core/ownership.ts";
import { flag, needText, OWNED_LIST, text } from "../../core/parameter.ts";
import { noSuchEntity } from "../../core/values.ts";
import { eventView, jobView } from "../../core/views/job-view.ts";
import { type Answer, type Call, type Command, listOf } from "../command.ts";
import { matchesNames, ownersInScope } from "../scope.ts";

export const JOBS_AND_EVENTS: readonly Command[] = [
  {
    name: "queryAsyncJobResult",
    description: "Tells how a job stands",
    access: "user",
    parameters: { jobid: needText("job"), resourceid: text("no effect"), resourcetype: text("no effect") },
    run: queryJob,
  },
  {
    name: "listAsyncJobs",
    description: "Lists jobs that are at work",
    access: "user",
    parameters: { ...OWNED_LIST, startdate: text("no effect"), managementserverid: text("no effect") },
    run: (call) => {
      const inScope = ownersInScope(call);
      const { store } = call.cloud;
      const rows = [...store.all("job")].filter((job) => job.status === 0 && inScope(job.account));
      return listOf("asyncjobs", rows, (job) => jobView(store, job));
    },
  },
  {
    name: "listEvents",
    description: "Lists events, the newest first",
    access: "user",
    parameters: {
      id: text("id"),
      ...OWNED_LIST,
      type: text("type"),
      level: text("INFO or ERROR"),
      state: text("state"),
      resourceid: text("about which thing"),
      resourcetype: text("of which type"),
      startdate: text("no effect"),
      enddate: text("no effect"),
      duration: text("no effect"),
      entrytime: text("no effect"),
      startid: text("no effect"),
      archived: flag("there are none"),
    },
    run: listEvents,
  },
];

function queryJob({ cloud: { store }, caller, values }: Call): Answer {
  const id = values.need("jobid");
  const job = store.find("job", id);
  if (job === undefined) throw noSuchEntity("queryAsyncJobResult", "jobid", id);
  if (job.account !== caller.account.uuid && !mayUse(store, caller.account, job.account)) {
    const { name, number, uuid } = caller.account;
    throw denied(
      `Account Account [${JSON.stringify({ accountName: name, id: number, uuid })}] is not authorized to see job id=${job.number}`,
    );
  }
  return { kind: "object", body: jobView(store, job) };
}

function listEvents(call: Call): Answer {
  const {
    cloud: { store },
    values,
  } = call;
  const inScope = ownersInScope(call);
  const matches = matchesNames(call);
  const rows = [...store.all("event")].filter(
    (row) =>
      inScope(row.account) &&
      matches(row.uuid, row.description) &&
      (values.text("type") ?? row.type) === row.type &&
      (values.text("level") ?? row.level) === row.level &&
      (values.text("state") ?? row.state) === row.state &&
      (!values.has("resourceid") || values.text("resourceid") === row.resource) &&
      (!values.has("resourcetype") || values.text("resourcetype") === row.resourceType),
  );
  return listOf("event", rows.toReversed(), (row) => eventView(store, row));
}
