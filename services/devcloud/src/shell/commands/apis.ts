import type { JsonObject } from "../../core/json.ts";
import { text } from "../../core/parameter.ts";
import { type Command, listOf } from "../command.ts";
import { mayCall } from "../dispatch.ts";

/** listApis over a table of commands: those that the caller may call, with their parameters. */
export function listApisCommand(table: ReadonlyMap<string, Command>): Command {
  return {
    name: "listApis",
    description: "Lists the commands that the caller may call",
    access: "user",
    parameters: { name: text("name of one") },
    run: ({ caller, values }) => {
      const wanted = values.text("name")?.toLowerCase();
      const rows = [...table.values()].filter(
        (command) =>
          mayCall(command, caller.account.type) &&
          (wanted ?? command.name.toLowerCase()) === command.name.toLowerCase(),
      );
      return listOf("api", rows, apiView);
    },
  };
}

function apiView({ name, description, parameters, javaClass }: Command): JsonObject {
  return {
    name,
    description,
    isasync: javaClass !== undefined,
    related: "",
    params: Object.entries(parameters).map(([parameter, { type, required, description: about, entity }]) => ({
      name: parameter,
      description: about,
      type,
      length: 255,
      required,
      related: entity === undefined ? undefined : "",
    })),
    response: [],
    httprequesttype: name.startsWith("list") ? "GET" : "POST",
  };
}
