import type { ExtendedNetwork } from "./gateway.ts";
import { word } from "./safe-text.ts";

/** The name of a network's VRF: its number makes it unique, its own name is for people. */
export function instanceName({ name, number }: Pick<ExtendedNetwork, "name" | "number">): string {
  return `contrail-${number}-${word(name.slice(name.lastIndexOf(":") + 1))}`;
}
