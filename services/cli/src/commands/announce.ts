import { cloudPaths, cloudUrl } from "../supervisor/cloud-plan.ts";
import { systemStatus } from "../supervisor/status.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { REST_PORT } from "./forward.ts";

/** Says that the system is up: its status as one line of JSON, or for people what they can do next. */
export async function announce(supervisor: Supervisor, json: boolean): Promise<void> {
  if (json) process.stdout.write(`${JSON.stringify(await systemStatus(supervisor))}\n`);
  else {
    const { choice, directories, wishes } = supervisor;
    process.stdout.write(
      [
        `OpenContrail is up (${choice.engine} data plane).`,
        `CloudStack's API:  ${cloudUrl(wishes.cloudPort)}   keys for cs and others: ${cloudPaths(directories).keyFile}`,
        `Configuration API: http://127.0.0.1:${REST_PORT}`,
        "In another terminal:",
        "  npm run contrail -- status",
        "  npm run contrail -- demo",
        "  npm run contrail -- --help",
        "Ctrl-C stops it.",
        "",
      ].join("\n"),
    );
  }
}
