import { isAbsolute, normalize } from "node:path";
import type { ApiObject, CloudStackClient } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import type { z } from "zod";
import {
  extensionSchema,
  type Found,
  type Network,
  networkSchema,
  offeringSchema,
  type PhysicalNetwork,
  physicalNetworkSchema,
  providerSchema,
  trafficTypeSchema,
  zoneSchema,
} from "./found.ts";
import { lookAtScript } from "./script-file.ts";

export type Cloud = Pick<CloudStackClient, "call" | "list" | "run">;

/** Reads what CloudStack has of an installation; `name` of the extension. */
export async function survey(cloud: Cloud, name: string): Promise<Found> {
  const [zones, networks, extensions, providers, offerings] = await Promise.all([
    all(cloud, "listZones", "zone", zoneSchema),
    all(cloud, "listPhysicalNetworks", "physicalnetwork", physicalNetworkSchema),
    all(cloud, "listExtensions", "extension", extensionSchema, { name }),
    all(cloud, "listNetworkServiceProviders", "networkserviceprovider", providerSchema, { name }),
    all(cloud, "listNetworkOfferings", "networkoffering", offeringSchema),
  ]);
  const extension = extensions.find((each) => each.name === name);
  return {
    zones,
    physicalNetworks: await Promise.all(networks.map((network) => withTraffic(cloud, network))),
    extension,
    script: extension !== undefined && isItsOwn(extension.path, name) ? lookAtScript(extension.path) : undefined,
    providers: providers.filter((each) => each.name === name),
    offerings,
  };
}

/** True for /…/<name>/<name>.sh: whatever answers as CloudStack names the path, and no other file is ours to write. */
export function isItsOwn(path: string, name: string): boolean {
  return isAbsolute(path) && normalize(path) === path && path.endsWith(`/${name}/${name}.sh`);
}

/** All guest networks of the cloud, of every account and project. */
export async function allNetworks(cloud: Cloud): Promise<readonly Network[]> {
  const lists = await Promise.all(
    [{ listall: "true" }, { listall: "true", projectid: "-1" }].map((scope) =>
      all(cloud, "listNetworks", "network", networkSchema, scope),
    ),
  );
  return [...new Map(lists.flat().map((network) => [network.id, network])).values()];
}

async function withTraffic(cloud: Cloud, network: z.infer<typeof physicalNetworkSchema>): Promise<PhysicalNetwork> {
  const types = await all(cloud, "listTrafficTypes", "traffictype", trafficTypeSchema, {
    physicalnetworkid: network.id,
  });
  return { ...network, carriesGuests: types.some(({ traffictype }) => traffictype.toLowerCase() === "guest") };
}

async function all<S extends z.ZodType>(
  cloud: Cloud,
  command: string,
  key: string,
  schema: S,
  parameters: Readonly<Record<string, string | undefined>> = {},
): Promise<readonly z.infer<S>[]> {
  const items = await cloud.list(command, key, parameters);
  return items.map((item) => decoded(command, schema, item));
}

function decoded<S extends z.ZodType>(command: string, schema: S, item: ApiObject): z.infer<S> {
  const { success, data, error } = schema.safeParse(item);
  if (success) return data;
  const [issue] = error.issues;
  throw new ContrailError(
    "cloudstack.unsupported",
    `${command} answers in a form that is not CloudStack 4.23's: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}
