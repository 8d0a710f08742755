import { z } from "zod";

/** A failure of one of CloudStack's commands; times are ISO. `next`: what to do about it. */
const failureSchema = z.object({
  command: z.string(),
  network: z.string().nullable(),
  nic: z.string().nullable().default(null),
  code: z.string(),
  text: z.string(),
  next: z.string(),
  lastAt: z.string(),
  times: z.number(),
  /** null as long as it is open. */
  closedAt: z.string().nullable(),
});

/** Something that answers or does not, and since when. */
const reachSchema = z.object({
  reachable: z.boolean(),
  since: z.string().nullable().optional(),
  reason: z.string().nullable().default(null),
});

const reconcilerSchema = z.object({
  cloudstack: reachSchema.nullable().optional(),
  /** The last round that ended. */
  last: z
    .object({ at: z.string(), seconds: z.number().optional(), error: z.string().nullable().optional() })
    .nullable()
    .optional(),
  differences: z.number().optional(),
});

/** Members of the plugin's `GET /status` that are shown; `--json` gives all of it. */
export const statusSchema = z.object({
  name: z.string().default("cloudstack-plugin"),
  startedAt: z.string().optional(),
  configuration: reachSchema.extend({ socket: z.string().default("") }).optional(),
  calls: z.array(z.object({ command: z.string(), done: z.number(), failed: z.number() })).default([]),
  failures: z
    .object({ open: z.number(), forgotten: z.number().default(0), list: z.array(failureSchema) })
    .default({ open: 0, forgotten: 0, list: [] }),
  reconciler: reconcilerSchema.nullable().default(null),
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

const differenceSchema = z.object({
  action: z.string(),
  type: z.string(),
  uuid: z.string(),
  name: z.string().default(""),
  network: z.string().nullable().default(null),
  reason: z.string().default(""),
  /** Until a thing that CloudStack no longer has goes; null or absent where nothing waits. */
  waitsSeconds: z.number().nullable().optional(),
});

/** `GET /diff`: what of the configuration differs from what CloudStack has. */
export const diffSchema = z.object({
  differences: z.array(differenceSchema),
  takenAt: z.string(),
  cloudstack: z.object({ networks: z.number(), machines: z.number(), nics: z.number() }),
  seconds: z.number(),
});

/** `POST /reconcile`: what was written, what was refused, what still waits (a removal for its grace). */
export const reconcileSchema = z.object({
  applied: z.array(differenceSchema).default([]),
  failed: z.array(differenceSchema.extend({ error: z.string() })).default([]),
  left: z.array(differenceSchema).default([]),
});

export type PluginStatus = z.infer<typeof statusSchema>;
export type PluginEvents = z.infer<typeof eventsSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type Reconciled = z.infer<typeof reconcileSchema>;
export type Diff = z.infer<typeof diffSchema>;
