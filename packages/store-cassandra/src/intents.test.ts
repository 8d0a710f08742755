import { systemClock } from "@contrail/runtime";
import { expect, test } from "vitest";
import type { IntentDetail } from "./intent.ts";
import { Intents } from "./intents.ts";
import type { Parameter, Row, Session, Write } from "./session.ts";
import { CQL } from "./statements.ts";

const DETAIL: IntentDetail = { basis: "", names: [], links: [], numbers: [] };
/** More than share a partition. */
const PLACES = 257;

/** The tables of intents and of those that write; a read of intents finds what lies there when it begins, and may be held up. */
class FakeTables {
  readonly #intents: Record<string, Parameter>[] = [];
  #instance: Record<string, Parameter> = {};
  held: Promise<void> = Promise.resolve();

  get session(): Session {
    const conditional = (query: string, parameters: readonly Parameter[]): Promise<undefined> => {
      const columns = query === CQL.putInstance ? ["id", "oldest", "newest", "beat"] : ["oldest", "newest", "beat"];
      const values = Object.fromEntries(columns.map((column, index) => [column, parameters[index] ?? null]));
      this.#instance = { ...this.#instance, ...values };
      return Promise.resolve(undefined);
    };
    const batch = (writes: readonly Write[]): Promise<void> => {
      for (const { params } of writes) this.#put(params);
      return Promise.resolve();
    };
    const execute = async (query: string, parameters: readonly Parameter[]): Promise<readonly Row[]> => {
      if (query === CQL.putIntent) this.#put(parameters);
      if (query === CQL.readInstances) return [rowOf(this.#instance)];
      if (query !== CQL.readIntents) return [];
      const [instance, generation] = parameters;
      const found = this.#intents.filter((row) => row.instance === instance && row.generation === generation);
      await this.held;
      return found.map(rowOf);
    };
    return { conditional, batch, execute } as unknown as Session; // What intents use of it.
  }

  #put(parameters: readonly Parameter[]): void {
    const columns = ["instance", "generation", "nonce", "uuid", "revision", "detail"];
    this.#intents.push(Object.fromEntries(columns.map((column, index) => [column, parameters[index] ?? null])));
  }
}

function rowOf(columns: Readonly<Record<string, Parameter>>): Row {
  return { get: (column: string) => columns[column] } as unknown as Row; // What readers use of it.
}

async function uuidsOf(intents: Intents): Promise<readonly string[]> {
  const uuids: string[] = [];
  for await (const some of intents.all()) uuids.push(...some.map(({ uuid }) => uuid));
  return uuids;
}

test("an intent that is put while a slow reader finds its partition empty is seen by the next one", async () => {
  const tables = new FakeTables();
  const intents = new Intents(tables.session, systemClock);
  const slow = await intents.begin("slow", 1n);
  for (let count = 1; count < PLACES; count++) (await intents.begin("other", 1n)).done();
  const gate = Promise.withResolvers<void>();
  tables.held = gate.promise;
  const early = uuidsOf(intents);
  await new Promise(setImmediate);
  await intents.put(slow, DETAIL);
  slow.done();
  gate.resolve();
  expect(await early).toEqual([]);
  expect(await uuidsOf(intents)).toEqual(["slow"]);
});
