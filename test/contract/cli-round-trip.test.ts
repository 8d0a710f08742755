import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JsonObject, type JsonValue, stringifyJson } from "@contrail/schema";
import { VncClient } from "@contrail/vnc-client";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contrail } from "./cli-run.ts";
import { GRAPHS, SEED } from "./config.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { GRAPH_TYPES, type GraphObject, graphs } from "./object-graph.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-trip-"));
const socketPath = join(directory, "config-rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", socketPath]);
const client = new VncClient({ socketPath });
const PROJECT = ["default-domain", "trip"];
const NAME = PROJECT.join(":");
/** What is new with every creation, by the server's choice. */
const NEW = new Set(["uuid", "href", "parent_uuid", "parent_href", "virtual_network_network_id", "security_group_id"]);

beforeAll(() => node.run());

afterAll(async () => {
  await node.stop();
  rmSync(directory, { recursive: true });
});

/** Runs a command that has to end well; gives what it printed. */
async function run(args: readonly string[], input = ""): Promise<string> {
  const { code, stdout, stderr } = await contrail(directory, ["api", ...args], { input });
  expect(code, `${args.join(" ")}: ${/^failed.*/m.exec(stdout)?.[0] ?? ""}\n${stderr}`).toBe(0);
  expect(stderr).not.toContain("warning");
  return stdout;
}

/** All that is below the project, as the API shows it, without what is new with every creation. */
async function snapshot(): Promise<ReadonlyMap<string, JsonValue>> {
  const found = new Map<string, JsonValue>();
  for (const type of GRAPH_TYPES) {
    for (const object of await client.list<string>(type, true)) {
      const fqName = object.fq_name as readonly string[]; // By the API.
      if (fqName.slice(0, 2).join(":") === NAME) found.set(`${type} ${fqName.join(":")}`, lasting(object));
    }
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function lasting(value: JsonObject): JsonObject {
  const { id_perms, ...rest } = value;
  const kept = Object.entries(rest).filter(([key]) => !NEW.has(key));
  const { enable, description } = (id_perms ?? {}) as JsonObject; // The model says IdPermsType.
  const lists = kept.map(([key, item]) => [key, key.endsWith("_refs") ? byTarget(item) : item]);
  return { ...Object.fromEntries(lists), id_perms: { enable, description } };
}

/** References have no order. */
function byTarget(value: JsonValue | undefined): JsonValue {
  const list = (value ?? []) as readonly JsonObject[]; // By the API.
  return list.map(({ to, attr }) => ({ to, attr })).toSorted((a, b) => (String(a.to) < String(b.to) ? -1 : 1));
}

const met = { objects: 0, references: 0, types: new Set<string>() };

function count(graph: readonly GraphObject[]): void {
  for (const { type, content } of graph) {
    met.objects += 1;
    met.types.add(type);
    for (const [key, value] of Object.entries(content)) {
      if (key.endsWith("_refs") && Array.isArray(value)) met.references += value.length;
    }
  }
}

test(`any graph, applied, exported, deleted and applied from the export, is the same graph; ${GRAPHS} graphs`, async () => {
  const property = fc.asyncProperty(graphs(PROJECT), async (graph) => {
    count(graph);
    const given = [{ project: { fq_name: PROJECT } }, ...graph.map(({ type, content }) => ({ [type]: content }))];
    await run(["apply", "-f", "-"], stringifyJson(given));
    const before = await snapshot();
    const exported = await run(["export", "project", NAME, "--recursive"]);
    await run(["delete", "project", NAME, "--recursive", "--yes"]);
    expect((await snapshot()).size).toBe(0);
    await run(["apply", "-f", "-"], exported);
    expect(await snapshot()).toEqual(before);
    // Both the export and what was given first are unchanged by now.
    await run(["diff", "-f", "-"], exported);
    await run(["diff", "-f", "-"], stringifyJson(given));
    await run(["delete", "project", NAME, "--recursive", "--yes"]);
  });
  try {
    await fc.assert(property, { numRuns: GRAPHS, seed: SEED, endOnFailure: true });
  } finally {
    const { objects, references, types } = met;
    process.stdout.write(`seed ${SEED}: ${objects} objects of ${types.size} types, ${references} references\n`);
  }
});
