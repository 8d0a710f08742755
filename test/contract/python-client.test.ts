import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { objectTypes } from "@contrail/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { missingPython, pythonWithClient } from "./python-environment.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
/** Types of our model that the client of 2005 does not know. */
const YOUNGER_THAN_CLIENT = 5;

interface TypeReport {
  readonly type: string;
  readonly failures: readonly string[];
  readonly properties: number;
}

const missing = missingPython();
if (missing !== undefined) process.stderr.write(`SKIPPED python-client: ${missing}\n`);

interface CallReport {
  readonly call: string;
  readonly failure: string | null;
}

describe.skipIf(missing !== undefined)("the published Python client", () => {
  let node: ConfigNodeProcess;
  let reports: readonly TypeReport[];
  let calls: readonly CallReport[];
  let uncalled: readonly string[];

  beforeAll(async () => {
    const python = pythonWithClient();
    node = await ConfigNodeProcess.start();
    const lines = async (script: string): Promise<unknown[]> => {
      const flags = [join(HERE, script), String(node.port)];
      const { stdout } = await promisify(execFile)(python, flags, { maxBuffer: 16 << 20 });
      return stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    };
    reports = (await lines("exercise_client.py")) as TypeReport[]; // As the scripts say at their heads.
    const actions = await lines("exercise_actions.py");
    uncalled = (actions.pop() as { readonly uncalled: readonly string[] }).uncalled;
    calls = actions as CallReport[];
  });

  afterAll(() => node?.stop());

  test("creates, reads, lists, updates and deletes one object of each of its 121 types", () => {
    expect(reports.filter(({ failures }) => failures.length > 0)).toEqual([]);
    expect(reports).toHaveLength(121);
    const properties = reports.reduce((sum, report) => sum + report.properties, 0);
    process.stderr.write(`python-client: ${reports.length} types, ${properties} properties sent and compared\n`);
    expect(properties).toBeGreaterThan(400);
  });

  test("makes its other calls, every method that it has", () => {
    expect(calls.filter(({ failure }) => failure !== null)).toEqual([]);
    expect(calls.map(({ call }) => call)).toEqual([
      "references",
      "map_properties",
      "list_properties",
      "key_values",
      "addresses",
      "names",
      "lists",
      "permissions",
      "tags",
      "around",
      "defaults",
      "restored",
      "who_am_i",
      "absent",
      "refusals",
    ]);
    // Those of default objects and drafts are one function for all types.
    expect(uncalled.filter((name) => !/^get_default_\w+_id$|_read_draft$/.test(name))).toEqual([]);
  });

  test("leaves five types to plain HTTP, which lead the same life", async () => {
    const known = new Set(reports.map(({ type }) => type));
    const others = objectTypes().filter(({ name }) => !known.has(name));
    expect(others).toHaveLength(YOUNGER_THAN_CLIENT);
    for (const { name } of others) await lifeByHttp(`http://127.0.0.1:${node.port}`, name);
  });
});

async function lifeByHttp(base: string, type: string): Promise<void> {
  const parents = await createParents(base, type);
  const fqName = [...(parents.at(-1)?.fqName ?? []), `contract-${type}`];
  const uuid = await create(base, type, fqName, parents.at(-1)?.type);
  const url = `${base}/${type}/${uuid}`;
  expect(await show(url, type)).toMatchObject({ uuid, fq_name: fqName, display_name: `contract-${type}` });
  const list = (await answer(`${base}/${type}s`)) as Record<string, readonly { readonly uuid: string }[]>;
  expect(list[`${type}s`]?.map((item) => item.uuid)).toContain(uuid);
  await answer(url, "PUT", { [type]: { display_name: "another name" } });
  expect(await show(url, type)).toMatchObject({ display_name: "another name" });
  await answer(url, "DELETE");
  expect((await fetch(url)).status).toBe(404);
  for (const parent of parents.toReversed()) await answer(`${base}/${parent.type}/${parent.uuid}`, "DELETE");
}

interface Parent {
  readonly type: string;
  readonly uuid: string;
  readonly fqName: readonly string[];
}

/** Objects above a type, root first, made for it. */
async function createParents(base: string, type: string): Promise<readonly Parent[]> {
  const parentType = objectTypes()
    .find(({ name }) => name === type)
    ?.parents.find((name) => name !== "config-root");
  if (parentType === undefined) return [];
  const above = await createParents(base, parentType);
  const fqName = [...(above.at(-1)?.fqName ?? []), `contract-parent-of-${type}`];
  const uuid = await create(base, parentType, fqName, above.at(-1)?.type);
  return [...above, { type: parentType, uuid, fqName }];
}

async function create(
  base: string,
  type: string,
  fqName: readonly string[],
  parentType: string | undefined,
): Promise<string> {
  const parent = parentType === undefined ? {} : { parent_type: parentType };
  const body = { [type]: { fq_name: fqName, uuid: null, ...parent } };
  const created = (await answer(`${base}/${type}s`, "POST", body)) as Record<string, { readonly uuid: string }>;
  return String(created[type]?.uuid);
}

async function show(url: string, type: string): Promise<unknown> {
  return ((await answer(url)) as Record<string, unknown>)[type];
}

/** The JSON of a 200; fails with the server's text otherwise. */
async function answer(url: string, method = "GET", body?: unknown): Promise<unknown> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  expect(response.status, `${method} ${url}: ${text}`).toBe(200);
  return text === "" ? undefined : JSON.parse(text);
}
