import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ContrailError } from "@contrail/errors";
import { directories } from "../config.ts";
import { noSystemText } from "./no-system.ts";
import { progress, type Step, stepLine } from "./report.ts";

const CUT_OFF = "the system ended meanwhile; its next start removes what is left of the demonstration";

/** `contrail demo`: the demonstration on the running system; exit code 0 where every step holds. */
export function demo(json: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const socketPath = join(directories().run, "control.sock");
    const call = request({ socketPath, method: "POST", path: "/demo" }, (response) => {
      let ok = false;
      let isOver = false;
      const lines = createInterface({ input: response });
      lines.on("line", (line) => {
        // The supervisor's own lines.
        const message = JSON.parse(line) as { step?: Step; progress?: string; ok?: boolean; error?: string };
        if (message.error !== undefined) reject(new ContrailError("cli.conflict", message.error));
        if (message.step !== undefined) stepLine(message.step, json);
        if (message.progress !== undefined) progress(message.progress);
        ok ||= message.ok === true;
        isOver ||= message.ok !== undefined;
      });
      lines.on("close", () => {
        if (!isOver) reject(new ContrailError("cli.unavailable", CUT_OFF));
        resolve(ok ? 0 : 1);
      });
    });
    call.on("error", () => reject(new ContrailError("cli.unavailable", noSystemText(directories()))));
    call.end();
  });
}
