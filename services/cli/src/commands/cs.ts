import { ContrailError } from "@contrail/errors";
import { directories } from "../config.ts";
import { Cloud } from "../supervisor/cloud.ts";
import { callSystem } from "./connection.ts";

/** `contrail cs COMMAND NAME=VALUE…`: a command of CloudStack's API with the admin's key; waits for the end of its job. */
export async function cloudCall(command: string, given: readonly string[]): Promise<number> {
  await callSystem("GET", "/machines"); // Says how to start a system where none runs.
  const admin = new Cloud(directories()).admin();
  const parameters = Object.fromEntries(given.map(parameterOf));
  const apis = await admin.list("listApis", "api");
  const known = apis.find(({ name }) => String(name).toLowerCase() === command.toLowerCase());
  if (known === undefined)
    throw new ContrailError("cli.not_found", `there is no command ${command}; see: contrail cs listApis`);
  const name = String(known.name);
  const answer = await (known.isasync === true ? admin.run(name, parameters) : admin.call(name, parameters));
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  return 0;
}

function parameterOf(text: string): readonly [name: string, value: string] {
  const sign = text.indexOf("=");
  if (sign > 0) return [text.slice(0, sign), text.slice(sign + 1)];
  throw new ContrailError(
    "cli.bad_request",
    `${text}: name=value is wanted, as in: contrail cs listNetworks name=net1`,
  );
}
