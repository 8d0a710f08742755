import { ContrailError } from "@contrail/errors";
import { directories } from "../config.ts";
import { Cloud } from "../supervisor/cloud.ts";
import { checkRunning } from "./connection.ts";
import { whileWaiting } from "./while-waiting.ts";

/** A cloud that hangs is known by its first answer; milliseconds. */
const FIRST_MS = 5_000;

/** `contrail cs COMMAND NAME=VALUE…`: a command of CloudStack's API with the admin's key; waits for the end of its job. */
export async function cloudCall(command: string, given: readonly string[]): Promise<number> {
  await checkRunning();
  const cloud = new Cloud(directories());
  const parameters = Object.fromEntries(given.map(parameterOf));
  const apis = await cloud.admin({ deadlineMs: FIRST_MS }).list("listApis", "api").catch(withNextStep);
  const known = apis.find(({ name }) => String(name).toLowerCase() === command.toLowerCase());
  if (known === undefined)
    throw new ContrailError("cli.not_found", `there is no command ${command}; see: contrail cs listApis`);
  const name = String(known.name);
  const admin = cloud.admin();
  const answer = await (known.isasync === true
    ? whileWaiting(`the job of ${name}`, admin.run(name, parameters))
    : admin.call(name, parameters));
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  return 0;
}

function withNextStep(reason: unknown): never {
  const { code, message } = ContrailError.from(reason);
  if (code !== "cloudstack.unavailable") throw reason;
  throw new ContrailError(code, `${message}; see: contrail status`);
}

function parameterOf(text: string): readonly [name: string, value: string] {
  const sign = text.indexOf("=");
  if (sign > 0) return [text.slice(0, sign), text.slice(sign + 1)];
  throw new ContrailError(
    "cli.bad_request",
    `${text}: name=value is wanted, as in: contrail cs listNetworks name=net1`,
  );
}
