import { execFileSync } from "node:child_process";
import { ContrailError } from "@contrail/errors";

/** The number of a group that is given by name or number; undefined for "". Throws where the machine knows no such group. */
export function groupNumber(group: string): number | undefined {
  if (group === "") return undefined;
  if (/^\d+$/.test(group)) return Number(group);
  try {
    // It asks whatever the machine keeps its groups in; "name:password:number:members".
    const line = execFileSync("getent", ["group", group], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return Number(line.split(":")[2]);
  } catch (reason) {
    const message = `--socket-group: this machine has no group ${group}; groupadd makes one`;
    throw new ContrailError("settings.bad_request", message, { cause: reason });
  }
}
