import { readFileSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import { type JsonObject, objectType, objectTypes, parseJson, stringifyJson } from "@contrail/schema";
import { jsonLines } from "../api/json-lines.ts";
import { suggestion } from "../api/nearest-name.ts";
import { nameForm, namesIn, parentOf } from "../api/object-name.ts";
import { configurationApi } from "./connection.ts";
import { table } from "./report.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `contrail api get TYPE NAME|UUID`. */
export async function apiGet(type: string, name: string): Promise<number> {
  print(await configurationApi().read(checkType(type), await uuidOf(type, name)), true);
  return 0;
}

/** `contrail api list TYPE`. */
export async function apiList(type: string, json: boolean): Promise<number> {
  const objects = await configurationApi().list(checkType(type));
  if (json) print(objects as unknown as JsonObject);
  else {
    const rows = objects.map((object) => [String(object.uuid), (object.fq_name as readonly string[]).join(":")]);
    process.stdout.write(table([["UUID", "NAME"], ...rows]));
  }
  return 0;
}

/** `contrail api create TYPE NAME [--data JSON|@FILE|-]`; prints the uuid. */
export async function apiCreate(type: string, name: string, data: string | undefined): Promise<number> {
  const text =
    data === undefined
      ? "{}"
      : data === "-"
        ? readFileSync(0, "utf8")
        : data.startsWith("@")
          ? readFileSync(data.slice(1), "utf8")
          : data;
  const given = parseData(text);
  checkName(checkType(type), name, given);
  const uuid = await configurationApi().create(type, { fq_name: name.split(":"), ...given });
  process.stdout.write(`${uuid}\n`);
  return 0;
}

/** The uuid of an object that is given by name or uuid. Rejects with the next step where there is none. */
export async function uuidOf(type: string, name: string): Promise<string> {
  if (UUID.test(name)) return name;
  const uuid = await configurationApi().find(checkType(type), name.split(":"));
  if (uuid === undefined)
    throw new ContrailError("api.not_found", `there is no ${type} ${name}; see: contrail api list ${type}`);
  return uuid;
}

/** The type itself; throws with an example where it is none. */
export function checkType(type: string): string {
  if (objectType(type) !== undefined) return type;
  const meant = suggestion(
    type,
    objectTypes().map(({ name }) => name),
  );
  throw new ContrailError("api.not_found", `${type} is no object type${meant || "; an example: virtual-network"}`);
}

/** Throws with the form of the type's names where one does not fit. */
function checkName(typeName: string, name: string, { fq_name: fqName, parent_type: parentType }: JsonObject): void {
  const type = objectType(typeName);
  const names = fqName === undefined ? name.split(":") : namesIn(fqName);
  if (type === undefined || names === undefined) return; // The API says what is wrong.
  const problem = parentOf(type, names, parentType);
  if (typeof problem !== "string") return;
  throw new ContrailError("api.bad_request", `${typeName} ${name}: ${problem}; the form is ${nameForm(type)}`);
}

function parseData(text: string): JsonObject {
  try {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Told below, like JSON that is no object.
  }
  throw new ContrailError("api.bad_request", "--data must be a JSON object, @FILE or - for standard input");
}

/** A value as JSON: in lines on a terminal, on one line elsewhere. */
export function print(value: JsonObject, isInLines = process.stdout.isTTY): void {
  process.stdout.write(`${isInLines ? jsonLines(value) : stringifyJson(value)}\n`);
}
