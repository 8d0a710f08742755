import { request } from "node:http";
import { objectTypes, parseJson, struct } from "@contrail/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();
const NAME = JSON.stringify([...PROJECT, "bad"]);
const wrap = (inner: string): string => `{"virtual-network":{"fq_name":${NAME},${inner}}}`;

/** Bytes as they are, which need not be UTF-8. */
function sendBytes(path: string, body: Uint8Array): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(node.base + path, { method: "POST" }, async (response) => {
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(await response.toArray()).toString() });
    });
    call.on("error", reject);
    call.end(body);
  });
}

describe("a hostile body gets a 4xx whose text says where, and nothing is written", () => {
  test.each<[string, string, number, RegExp]>([
    ["no JSON", "{", 400, /not JSON/],
    ["nothing", "", 400, /JSON object/],
    ["a text", '"text"', 400, /JSON object/],
    ["NaN", wrap('"mtu":NaN'), 400, /not JSON/],
    ["a number beyond every range", wrap('"mtu":1e400'), 400, /mtu: an integer/],
    ["a number beyond 64 bits", wrap('"mtu":99999999999999999999999'), 400, /mtu/],
    ["a fraction", wrap('"mtu":1.5'), 400, /mtu: an integer/],
    ["nested 100,000 deep", "[".repeat(100_000), 400, /deeper than 64/],
    ["nested 65 deep where anything may stand", wrap(`"x":${"[".repeat(63)}1${"]".repeat(63)}`), 400, /deeper than 64/],
    ["half a surrogate pair in a property", wrap('"display_name":"\\ud800"'), 400, /display_name.*surrogate/],
    ["a key that stands twice", wrap('"mtu":1400,"mtu":1500'), 400, /the key mtu stands twice/],
    ["__proto__", wrap('"__proto__":{"mtu":1}'), 400, /__proto__/],
    ["__proto__ deep inside", wrap('"virtual_network_properties":{"__proto__":{"rpf":"x"}}'), 400, /__proto__/],
    ["constructor in a complex type", wrap('"virtual_network_properties":{"constructor":1}'), 400, /constructor/],
    ["an unknown field", wrap('"virtual_network_properties":{"colour":1}'), 400, /properties\.colour/],
    ["a wrong type", wrap('"router_external":"yes"'), 400, /router_external: true or false/],
    ["a value that is not allowed", wrap('"virtual_network_category":"x"'), 400, /virtual_network_category/],
    ["a reference to nothing", wrap('"network_policy_refs":[{"to":["a","b","c"]}]'), 400, /network_policy_refs/],
    ["a list in place of the object", '{"virtual-network":[]}', 400, /virtual-network.*JSON object/],
    ["a wrong uuid", wrap('"uuid":"../../x"'), 400, /UUID/],
    [
      "a name of a million characters",
      `{"virtual-network":{"fq_name":["a","${"x".repeat(1_000_000)}"]}}`,
      400,
      /fq_name/,
    ],
    [
      "a text of half a million characters",
      wrap(`"display_name":"${"x".repeat(600_000)}"`),
      400,
      /display_name: longer/,
    ],
    [
      "a list of 200,000 elements",
      wrap(`"network_policy_refs":[${"1,".repeat(200_000)}1]`),
      400,
      /network_policy_refs\[0\]/,
    ],
    ["over 1 MiB", wrap(`"display_name":"${"x".repeat(1 << 20)}"`), 413, /large/i],
  ])("%s", async (_what, body, status, text) => {
    const answer = await node.call("POST", "/virtual-networks", body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
    expect(answer.text.length).toBeLessThan(2_000);
    const name = { type: "virtual-network", fq_name: [...PROJECT, "bad"] };
    expect((await node.call("POST", "/fqname-to-id", name)).status).toBe(404);
  });

  test.each([[[0xff, 0xfe]], [[0xc0, 0xaf]], [[0xed, 0xa0, 0x80]], [[0xf4, 0x90, 0x80, 0x80]], [[0xe2, 0x82]]])(
    "bytes %j that are no UTF-8",
    async (bytes) => {
      const [before = "", after = ""] = wrap('"display_name":"|"').split("|");
      const body = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
      expect(await sendBytes("/virtual-networks", body)).toEqual({ status: 400, text: "the body is not UTF-8" });
    },
  );
});

const ACTIONS = [
  ...["/virtual-networks", "/fqname-to-id", "/ref-update", "/ref-relax-for-delete", "/list-bulk-collection"],
  ...["/useragent-kv", "/prop-collection-update", "/id-to-fqname"],
];

/** Statuses that came, counted, and printed so that one sees what was reached. */
class Counts {
  readonly #counts = new Map<number, number>();

  add(status: number): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
  }

  report(what: string): ReadonlyMap<number, number> {
    const shown = [...this.#counts].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    process.stderr.write(`${what}: ${shown.join(", ")}\n`);
    return this.#counts;
  }
}

describe("no body gives a 5xx, and the node answers afterwards", () => {
  test("any JSON to any action", async () => {
    const counts = new Counts();
    const keys = ["uuid", "type", "fq_name", "virtual-network", "updates", "operation", "ref-type", "key", "fields"];
    const more = [...keys, "ref-uuid", "value", "attr", "filters", "obj_uuids", "page_limit", "position", "field"];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("virtual-network", "ADD", "STORE", "set", ...PROJECT, null, [...PROJECT], []),
    );
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...more), value));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ACTIONS), body, async (path, json) => {
        const { status } = await node.call("POST", path, JSON.stringify(json));
        counts.add(status);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 600 },
    );
    expect(counts.report("rest any JSON").get(400)).toBeGreaterThan(100);
  });

  test("every property of every type with any value: taken, or refused with its name", async () => {
    const counts = new Counts();
    const all = objectTypes().flatMap((type) =>
      Object.entries(type.properties).map(([name, property]) => ({ type: type.name, name, property })),
    );
    const tries = fc.sample(fc.tuple(fc.integer({ min: 0, max: all.length - 1 }), fc.jsonValue({ maxDepth: 4 })), 600);
    for (const [index, value] of tries) {
      const chosen = all[index];
      if (chosen === undefined) continue;
      const fields = Object.keys(struct(chosen.property.type) ?? {});
      const given = fields.length > 0 && Math.abs(index) % 2 === 0 ? { [fields[0] ?? ""]: value } : value;
      const body = { [chosen.type]: { fq_name: [...PROJECT, "any"], [chosen.name]: given, parent_type: "nonsense" } };
      const { status, text } = await node.call("POST", `/${chosen.type}s`, body);
      counts.add(status);
      expect(status, text).toBe(400);
      if (text.startsWith("Bad property")) expect(text).toContain(chosen.name);
      else expect(text).toMatch(/parent|fq-name|the key /i);
    }
    expect(counts.report("rest any property").get(400)).toBe(600);
  });

  test("a good body with bytes changed, taken away, doubled: the store holds whole objects only", async () => {
    const counts = new Counts();
    const good = JSON.stringify({
      "virtual-network": {
        fq_name: [...PROJECT, "mutant"],
        parent_type: "project",
        mtu: 1500,
        route_target_list: { route_target: ["target:1:1"] },
        network_ipam_refs: [
          {
            to: [...PROJECT, "default-network-ipam"],
            attr: { ipam_subnets: [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 24 } }] },
          },
        ],
      },
    });
    const mutation = fc.record({
      at: fc.integer({ min: 0, max: good.length }),
      kind: fc.constantFrom("change", "cut", "double", "swap"),
      byte: fc.integer({ min: 0, max: 255 }),
      length: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const bytes = mutations.reduce<Uint8Array>(mutate, Buffer.from(good));
        const { status, text } = await sendBytes("/virtual-networks", bytes);
        counts.add(status);
        expect(status, text).toBeLessThan(500);
        if (status !== 200) return;
        const { uuid } = (parseJson(text) as Record<string, { uuid: string }>)["virtual-network"] ?? { uuid: "" };
        expect((await node.call("GET", `/virtual-network/${uuid}`)).status).toBe(200);
        expect((await node.remove("virtual-network", uuid)).status).toBe(200);
      }),
      { numRuns: 600 },
    );
    const seen = counts.report("rest mutations");
    expect(seen.get(400)).toBeGreaterThan(100);
    expect(seen.get(200)).toBeGreaterThan(5);
    const { "virtual-networks": left } = await node.json("GET", "/virtual-networks");
    expect(left).toHaveLength(4);
  });

  test("any query string and any path", async () => {
    const counts = new Counts();
    const key = fc.constantFrom(
      "fields",
      "filters",
      "detail",
      "count",
      "page_limit",
      "page_marker",
      "obj_uuids",
      "uuid",
    );
    const text = fc.oneof(fc.string(), fc.constantFrom("mtu==1", "True", "a==[", ",", "None", "-1", "1e9"));
    const path = fc.constantFrom("/virtual-networks", "/prop-collection-get", "/virtual-network/null", "/", "/x");
    await fc.assert(
      fc.asyncProperty(path, fc.array(fc.tuple(key, text), { maxLength: 4 }), async (where, pairs) => {
        const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join("&");
        const { status } = await node.call("GET", `${where}?${query}`);
        counts.add(status);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 400 },
    );
    expect(counts.report("rest queries").get(200)).toBeGreaterThan(50);
  });
});

interface Mutation {
  readonly at: number;
  readonly kind: "change" | "cut" | "double" | "swap";
  readonly byte: number;
  readonly length: number;
}

function mutate(bytes: Uint8Array, { at, kind, byte, length }: Mutation): Uint8Array {
  const [head, part, tail] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  switch (kind) {
    case "change":
      return Buffer.concat([head, Buffer.from([byte]), bytes.subarray(at + 1)]);
    case "cut":
      return Buffer.concat([head, tail]);
    case "double":
      return Buffer.concat([head, part, part, tail]);
    case "swap":
      return Buffer.concat([head, part.toReversed(), tail]);
  }
}
