import { join } from "node:path";
import { VncClient } from "@contrail/vnc-client";
import { directories } from "../config.ts";
import { Cloud } from "../supervisor/cloud.ts";
import { registerNodes } from "../supervisor/registration.ts";

/** Registers control nodes and hosts, and the plugin in DevCloud, as the embedded supervisor does. Idempotent. */
export async function registerAll(controlNodes: readonly string[], signal: AbortSignal): Promise<void> {
  const own = directories();
  const vnc = new VncClient({ socketPath: join(own.run, "config-rest.sock") });
  await registerNodes(vnc, controlNodes);
  await new Cloud(own).install(signal);
}
