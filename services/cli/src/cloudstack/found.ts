import { z } from "zod";

const details = z.record(z.string(), z.string()).default({});

/** Members of listZones that an installation looks at. */
export const zoneSchema = z.object({ id: z.string(), name: z.string() });
/** Members of listPhysicalNetworks. */
export const physicalNetworkSchema = z.object({ id: z.string(), name: z.string(), zoneid: z.string() });
/** Members of listTrafficTypes. */
export const trafficTypeSchema = z.object({ traffictype: z.string() });
/** Members of listExtensions; `resources` are the registrations. */
export const extensionSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().default(""),
  type: z.string(),
  path: z.string().default(""),
  pathready: z.boolean().default(false),
  state: z.string(),
  details,
  resources: z.array(z.object({ id: z.string(), name: z.string().default(""), details })).default([]),
});
/** Members of listNetworkServiceProviders. */
export const providerSchema = z.object({
  id: z.string(),
  name: z.string(),
  physicalnetworkid: z.string(),
  state: z.string(),
});
/** Members of listNetworkOfferings. */
export const offeringSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  guestiptype: z.string(),
  specifyvlan: z.boolean(),
  forvpc: z.boolean().default(false),
  service: z
    .array(z.object({ name: z.string(), provider: z.array(z.object({ name: z.string() })).default([]) }))
    .default([]),
});
/** Members of listNetworks. */
export const networkSchema = z.object({
  id: z.string(),
  name: z.string().default(""),
  networkofferingid: z.string().default(""),
  account: z.string().optional(),
  project: z.string().optional(),
  domain: z.string().default(""),
});

export type Zone = z.infer<typeof zoneSchema>;
export type PhysicalNetwork = z.infer<typeof physicalNetworkSchema> & { readonly carriesGuests: boolean };
export type Extension = z.infer<typeof extensionSchema>;
export type Provider = z.infer<typeof providerSchema>;
export type Offering = z.infer<typeof offeringSchema>;
export type Network = z.infer<typeof networkSchema>;

/** The executable at the path that CloudStack names, as this machine sees it. */
export type ScriptFile =
  /** It is there: as the project's own, or with other text. */
  | { readonly kind: "same" | "other"; readonly isWritable: boolean }
  /** It is not there; it can be put there where this machine is the management server. */
  | { readonly kind: "absent"; readonly isWritable: boolean };

/** What CloudStack has, read before a plan is made. */
export interface Found {
  readonly zones: readonly Zone[];
  readonly physicalNetworks: readonly PhysicalNetwork[];
  /** The extension of the wanted name, whosever it is. */
  readonly extension: Extension | undefined;
  /** undefined as long as CloudStack has named no path. */
  readonly script: ScriptFile | undefined;
  /** Providers of the wanted name, one a physical network. */
  readonly providers: readonly Provider[];
  readonly offerings: readonly Offering[];
}
