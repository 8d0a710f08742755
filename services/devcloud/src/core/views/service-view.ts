import type { JsonObject } from "../json.ts";
import type { NetworkOfferingRow } from "../rows.ts";
import type { World } from "../world.ts";

type Capabilities = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a provider says of its services: the JSON text of an extension's detail; nothing where it is none. */
function capabilitiesOf(world: World, provider: string): Capabilities {
  const [extension] = world.where("extension", "name", provider);
  try {
    const parsed: unknown = JSON.parse(extension?.details["network.service.capabilities"] ?? "{}");
    if (typeof parsed !== "object" || parsed === null) return {};
    return parsed as Capabilities; // CloudStack's form; each value is turned into text below.
  } catch {
    return {};
  }
}

/** One service of a network or an offering, with its provider and capabilities; an offering shows no empty list of them. */
export function serviceView(
  world: World,
  { name, provider }: NetworkOfferingRow["services"][number],
  always = true,
): JsonObject {
  const capabilities = Object.entries(capabilitiesOf(world, provider)[name] ?? {});
  return {
    name,
    provider: [{ name: provider }],
    capability:
      capabilities.length === 0 && !always
        ? undefined
        : capabilities.map(([key, value]) => ({
            name: key,
            value: String(value),
            canchooseservicecapability: /^(SupportedSourceNatTypes|RedundantRouter|SupportedLBIsolation)$/.test(key),
          })),
  };
}
