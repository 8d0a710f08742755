import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository: commands are run from it, as a user does. */
export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "../../../..");

/** The command that runs another one in a named network namespace, with the machine's own mounts. */
export function inNamespace(namespace: string, command: readonly string[]): readonly string[] {
  return ["nsenter", `--net=/run/netns/${namespace}`, "--", ...command];
}
