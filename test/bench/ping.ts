import { execFile } from "node:child_process";
import { inNamespace } from "@contrail/testkit/embedded";

/** True where a ping from a namespace is answered within a second. */
export function pings(namespace: string, address: string): Promise<boolean> {
  const [command = "", ...args] = inNamespace(namespace, ["ping", "-n", "-c", "1", "-W", "1", address]);
  return new Promise((resolve) => {
    execFile(command, args, (error) => resolve(error === null));
  });
}
