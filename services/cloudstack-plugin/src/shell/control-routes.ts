import { ContrailError, wireStatus } from "@contrail/errors";
import { createHttpApp } from "@contrail/runtime";
import { z } from "zod";
import type { PluginEvent } from "../core/event-log.ts";
import type { ReconcileLoop } from "./reconcile-loop.ts";
import type { Reconciler } from "./reconciler.ts";
import { SHOWN_DIFFERENCES } from "./run-report.ts";

/** Who compares, and who runs: a run that is asked for counts as one of the loop's. */
interface ReconcilingParts {
  readonly reconciler: Pick<Reconciler, "diff">;
  readonly loop: Pick<ReconcileLoop, "runNow">;
}

/** What the control socket serves. */
export interface ControlSources {
  /** Everything that `contrail cloudstack status` shows, as plain JSON. */
  status(): Promise<unknown>;
  /** The last events younger than an id, in their order. */
  events(limit: number, afterId: number): readonly PluginEvent[];
  /** undefined where the plugin has no key of CloudStack's API. */
  readonly reconciler: ReconcilingParts | undefined;
}

const EVENTS = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z.coerce.number().int().min(0).default(0),
});

const DIFF = z.object({ limit: z.coerce.number().int().min(1).max(1_000_000).default(SHOWN_DIFFERENCES) });

const NO = z.boolean().default(false);
const RUN = z.object({ withoutGrace: NO, removeMany: NO, otherCloud: NO });

/**
 * The application behind `contrail cloudstack`: `GET /status`, `GET /events?limit=N&after=ID`, `GET /diff?limit=N`,
 * and `POST /reconcile` with {"withoutGrace": false, "removeMany": false, "otherCloud": false}.
 */
export function createControlApp(sources: ControlSources) {
  const app = createHttpApp();
  app.setErrorHandler((reason, _request, reply) => {
    const known = reason instanceof Error && "statusCode" in reason ? Number(reason.statusCode) : undefined;
    const error = ContrailError.from(reason);
    return reply.code(known ?? wireStatus(error.code).http).send({ error: error.message, code: error.code });
  });
  app.get("/status", () => sources.status());
  app.get("/events", (request) => {
    const query = EVENTS.safeParse(request.query);
    if (query.success) return { events: sources.events(query.data.limit, query.data.after) };
    throw new ContrailError("control.bad_request", "limit is a number from 1 to 1000, after one from 0");
  });
  app.get("/diff", (request) => {
    const query = DIFF.safeParse(request.query);
    if (query.success) return reconcilingOf(sources).reconciler.diff(query.data.limit);
    throw new ContrailError("control.bad_request", "limit is a number from 1 to 1000000");
  });
  app.post("/reconcile", (request) => {
    const options = RUN.safeParse(request.body ?? {});
    if (options.success) return reconcilingOf(sources).loop.runNow(options.data);
    throw new ContrailError("control.bad_request", "withoutGrace, removeMany and otherCloud are true or false");
  });
  return app;
}

function reconcilingOf({ reconciler }: ControlSources): ReconcilingParts {
  if (reconciler !== undefined) return reconciler;
  const message = "the plugin has no key of CloudStack's API; start it with --cloudstack-keys";
  throw new ContrailError("control.precondition_failed", message);
}
