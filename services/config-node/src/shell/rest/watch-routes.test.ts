import { type JsonObject, parseJson } from "@contrail/schema";
import { afterEach, describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();
const open = new Set<Watcher>();

afterEach(() => {
  for (const watcher of open) watcher.close();
});

interface Event {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: JsonObject & readonly JsonObject[];
}

/** A client of the stream: reads on while it is asked for events. */
class Watcher {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";
  lastId = "";

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.pipeThrough(new TextDecoderStream() as never).getReader() as never; // Types of two libraries.
  }

  static async open(query: string, lastEventId?: string): Promise<Watcher> {
    const abort = AbortSignal.timeout(30_000);
    const headers: Record<string, string> = lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId };
    const response = await fetch(`${node.base}/watch?${query}`, { headers, signal: abort });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    if (response.body === null) throw new Error("no body");
    const watcher = new Watcher(response.body);
    open.add(watcher);
    return watcher;
  }

  async next(): Promise<Event> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (!block.startsWith(":")) return this.#read(block);
        continue;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("the stream ended");
      this.#text += value;
    }
  }

  /** Events until one of an object with this name. */
  async until(name: string): Promise<readonly Event[]> {
    const events: Event[] = [];
    for (;;) {
      const event = await this.next();
      events.push(event);
      const content = Object.values(event.data)[0] as JsonObject | undefined; // One object of one type.
      if ((content?.fq_name as readonly string[] | undefined)?.at(-1) === name) return events;
    }
  }

  close(): void {
    open.delete(this);
    void this.#reader.cancel().catch(() => undefined);
  }

  #read(block: string): Event {
    const fields = new Map(
      block.split("\n").map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]),
    );
    const id = fields.get("id");
    if (id !== undefined) this.lastId = id;
    return { id, event: fields.get("event") ?? "", data: parseJson(fields.get("data") ?? "") as never }; // As asked.
  }
}

const vn = (name: string) => node.create("virtual-network", [...PROJECT, name]);
const kinds = (events: readonly Event[]) =>
  events.map(({ event, data }) => [event, (data["network-policy"] as JsonObject | undefined)?.uuid ?? data.uuid]);

test("a watcher gets the objects as they are, then each creation, change and removal", async () => {
  const before = await node.create("network-policy", [...PROJECT, "before"]);
  await node.busEnd();
  const watcher = await Watcher.open("resource_type=network-policy");
  const first = await watcher.next();
  expect([first.event, first.data.map((item) => (item["network-policy"] as JsonObject).uuid)]).toEqual([
    "init",
    [before],
  ]);
  const uuid = await node.create("network-policy", [...PROJECT, "watched"]);
  await vn("another type");
  await node.busEnd();
  await node.update("network-policy", uuid, { display_name: "changed" });
  await node.busEnd();
  await node.remove("network-policy", uuid);
  const events = [await watcher.next(), await watcher.next(), await watcher.next()];
  expect(kinds(events)).toEqual([
    ["create", uuid],
    ["update", uuid],
    ["delete", uuid],
  ]);
  expect(events[1]?.data["network-policy"]).toMatchObject({
    display_name: "changed",
    fq_name: [...PROJECT, "watched"],
  });
});

test("who comes back with the last id misses nothing and begins nothing again", async () => {
  const first = await Watcher.open("resource_type=network-policy");
  await first.next();
  await node.create("network-policy", [...PROJECT, "gap-0"]);
  await first.until("gap-0");
  first.close();
  const made: string[] = [];
  for (let index = 1; index <= 20; index++)
    made.push(await node.create("network-policy", [...PROJECT, `gap-${index}`]));
  await node.remove("network-policy", made[0] ?? "");
  await node.busEnd();
  const again = await Watcher.open("resource_type=network-policy", first.lastId);
  const events = [...(await again.until("gap-20"))];
  expect(events.map(({ event }) => event)).not.toContain("init");
  const seen = new Set(events.map(({ data }) => (data["network-policy"] as JsonObject).uuid));
  for (const uuid of made.slice(1)) expect(seen.has(uuid), uuid).toBe(true);
  if (!events.some(({ event }) => event === "delete")) events.push(await again.next());
  expect(kinds(events.filter(({ event }) => event === "delete"))).toEqual([["delete", made[0]]]);
});

test("several types at once, each with the fields that were asked for", async () => {
  const watcher = await Watcher.open("resource_type=virtual-network,domain&virtual-network_fields=mtu");
  const inits: Event[] = [];
  do inits.push(await watcher.next());
  while (inits.at(-1)?.id === undefined);
  expect(inits.map(({ event }) => event)).toEqual(["init", "init"]);
  const [networks, domains] = inits.map(({ data }) => Object.keys(data[0] ?? {}));
  expect([networks, domains]).toEqual([["virtual-network"], ["domain"]]);
  await node.create("virtual-network", [...PROJECT, "fielded"], { mtu: 1400, is_shared: true });
  const shown = (await watcher.until("fielded")).at(-1)?.data["virtual-network"] as JsonObject;
  expect(shown).toMatchObject({ mtu: 1400, id_perms: {} });
  expect(shown).not.toHaveProperty("is_shared");
});

test("an id that the log has not reached is one of another log: its owner begins again", async () => {
  const watcher = await Watcher.open("resource_type=domain", "999999999");
  expect((await watcher.next()).event).toBe("init");
});

describe("is refused", () => {
  test.each<[string, Record<string, string>, number, string]>([
    ["", {}, 400, "resource_type required in request"],
    ["resource_type=colour", {}, 400, "Invalid resource_type colour in request"],
    ["resource_type=domain", { "Last-Event-ID": "x" }, 400, "Last-Event-ID x is none of ours"],
  ])("%s %j", async (query, headers, status, text) => {
    expect(await node.call("GET", `/watch?${query}`, undefined, headers)).toMatchObject({ status, text });
  });
});

test("a node that stops ends its streams", async () => {
  const watcher = await Watcher.open("resource_type=domain");
  await watcher.next();
  await node.restart();
  await expect(watcher.next()).rejects.toThrow();
});
