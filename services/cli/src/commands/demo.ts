import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ContrailError } from "@contrail/errors";
import { directories } from "../config.ts";
import { progress, type Step, stepLine } from "./report.ts";

/** `contrail demo`: the demonstration on the running system; exit code 0 where every step holds. */
export function demo(json: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const socketPath = join(directories().run, "control.sock");
    const call = request({ socketPath, method: "POST", path: "/demo" }, (response) => {
      let ok = false;
      const lines = createInterface({ input: response });
      lines.on("line", (line) => {
        // The supervisor's own lines.
        const message = JSON.parse(line) as { step?: Step; progress?: string; ok?: boolean; error?: string };
        if (message.error !== undefined) reject(new ContrailError("cli.conflict", message.error));
        if (message.step !== undefined) stepLine(message.step, json);
        if (message.progress !== undefined) progress(message.progress);
        ok ||= message.ok === true;
      });
      lines.on("close", () => resolve(ok ? 0 : 1));
    });
    call.on("error", () =>
      reject(new ContrailError("cli.unavailable", "no system is running; start one by: npm start")),
    );
    call.end();
  });
}
