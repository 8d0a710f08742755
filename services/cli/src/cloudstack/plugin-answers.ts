import { z } from "zod";

/** A failure of one of CloudStack's commands; times are ISO. `next`: what to do about it. */
const failureSchema = z.object({
  command: z.string(),
  network: z.string().nullable(),
  nic: z.string().nullable(),
  code: z.string(),
  text: z.string(),
  next: z.string(),
  lastAt: z.string(),
  times: z.number(),
  /** null as long as it is open. */
  closedAt: z.string().nullable(),
});

const differenceSchema = z.object({
  /** "wait": it goes when its grace is over; "held": it stays, the reason says why; "skip": it is not understood. */
  action: z.string(),
  type: z.string(),
  uuid: z.string(),
  name: z.string(),
  /** CloudStack's number of it; null for what is in none. */
  network: z.string().nullable().default(null),
  reason: z.string(),
  waitsSeconds: z.number().nullable().default(null),
});

/** An item of CloudStack's lists that the plugin does not understand. */
const unknownSchema = z.object({
  type: z.string(),
  uuid: z.string().optional(),
  name: z.string().optional(),
  problem: z.string(),
});

/** `GET /diff`: what of the configuration differs from what CloudStack has. */
export const diffSchema = z.object({
  /** The first of them. */
  differences: z.array(differenceSchema),
  /** All differences, also those that are not listed; and those of them that wait for their grace. */
  found: z.number(),
  waiting: z.number(),
  /** The first of them. */
  unknown: z.array(unknownSchema),
  unknownCount: z.number(),
  takenAt: z.string(),
  cloudstack: z.object({ networks: z.number(), machines: z.number(), nics: z.number() }),
  seconds: z.number(),
});

const runSchema = diffSchema.omit({ differences: true, unknown: true }).extend({
  settled: z.number(),
  writes: z.number(),
  /** All failures, also those that are not listed. */
  failed: z.number(),
  failures: z.array(differenceSchema.extend({ problem: z.string() })),
  /** What CloudStack has no more, and others still refer to. */
  inUse: z.number(),
  /** So much would be removed that only a person may ask for it. */
  held: z.boolean(),
});

/** `POST /reconcile`: what was found, and what came of it. */
export const reconcileSchema = runSchema.extend({ differences: z.array(differenceSchema) });

const reconcilerSchema = z.object({
  reachable: z.boolean(),
  /** Since when; null where it was not asked yet. */
  since: z.string().nullable(),
  problem: z.string().nullable(),
  /** null where nothing failed, and of a plugin that does not say it. */
  triedAgainSeconds: z.number().nullable().default(null),
  /** The last run that ended well. */
  last: runSchema.nullable(),
  open: z.number(),
});

/** Members of the plugin's `GET /status` that are shown; `--json` gives all of it. */
export const statusSchema = z.object({
  startedAt: z.string(),
  configuration: z.object({ socket: z.string(), reachable: z.boolean(), reason: z.string().nullable() }),
  calls: z.array(z.object({ command: z.string(), done: z.number(), failed: z.number() })),
  failures: z.object({ open: z.number(), forgotten: z.number(), list: z.array(failureSchema) }),
  /** null where the plugin has no keys of CloudStack's API. */
  reconciler: reconcilerSchema.nullable(),
});

/** `GET /events`: in their order, the last one last. */
export const eventsSchema = z.object({
  events: z.array(
    z.object({
      at: z.string(),
      kind: z.string(),
      text: z.string(),
    }),
  ),
});

export type PluginStatus = z.infer<typeof statusSchema>;
export type PluginEvents = z.infer<typeof eventsSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type Reconciler = z.infer<typeof reconcilerSchema>;
export type Reconciled = z.infer<typeof reconcileSchema>;
export type Diff = z.infer<typeof diffSchema>;
