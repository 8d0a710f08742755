import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  answers,
  DNS_CODE,
  DNS_TYPE,
  type DnsQuery,
  passOn,
  readQuery,
  writeAnswer,
  writeName,
  writeQuery,
} from "./dns-message.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** As dig +noedns sends it: id 0x1234, RD, "Web.example", type A. */
const PLAIN = hex("1234 0100 0001 0000 0000 0000 03576562 076578616d706c65 00 0001 0001");
/** As dig sends it: AD, and an OPT record of 4096 bytes with a cookie. */
const EXTENDED = hex(
  "1234 0120 0001 0000 0000 0001 03576562 076578616d706c65 00 0001 0001 00 0029 1000 00000000 000c 000a00081122334455667788",
);

function read(bytes: Uint8Array): DnsQuery {
  const query = readQuery(bytes);
  if (query === undefined || "code" in query) throw new Error("not read");
  return query;
}

describe("a query", () => {
  test("is read, the name in small letters, the question as it came", () => {
    expect(read(PLAIN)).toMatchObject({ id: 0x1234, name: "web.example", type: 1, class: 1, udpBytes: 512 });
    expect(Buffer.from(read(PLAIN).question).toString("latin1")).toContain("Web");
    expect(read(EXTENDED)).toMatchObject({ udpBytes: 1_232, extended: true });
  });

  test("of a label with a dot or an odd octet is not the name that it looks like", () => {
    const odd = hex("0001 0100 0001 0000 0000 0000 0b 612e6578616d706c650041 00 0001 0001");
    expect(read(odd).name).toBe("a\\046example\\000a");
  });

  test.each([
    ["an answer", "1234 8100 0001 0000 0000 0000 00 0001 0001", undefined],
    ["less than a header", "1234 0100 0001", undefined],
    ["an update", "1234 2800 0001 0000 0000 0000 00 0001 0001", DNS_CODE.notImplemented],
    ["no question", "1234 0100 0000 0000 0000 0000", DNS_CODE.formatError],
    ["two questions", "1234 0100 0002 0000 0000 0000 00 0001 0001 00 0001 0001", DNS_CODE.formatError],
    ["an answer in the question", "1234 0100 0001 0001 0000 0000 00 0001 0001", DNS_CODE.formatError],
    ["a pointer to itself", "1234 0100 0001 0000 0000 0000 c00c 0001 0001", DNS_CODE.formatError],
    ["a name without end", "1234 0100 0001 0000 0000 0000 03576562", DNS_CODE.formatError],
    ["a type without end", "1234 0100 0001 0000 0000 0000 00 0001 00", DNS_CODE.formatError],
    ["a name too long", `1234 0100 0001 0000 0000 0000 ${`3f${"61".repeat(63)}`.repeat(4)} 00 0001 0001`, 1],
  ])("that is %s is none", (_what, text, code) => {
    const got = readQuery(hex(text));
    expect(got).toEqual(code === undefined ? undefined : { id: 0x1234, code });
  });

  test("goes outside with another id and without its options", () => {
    expect(Buffer.from(writeQuery(read(EXTENDED), 0xbeef)).toString("hex")).toBe(
      Buffer.from(
        hex("beef 0100 0001 0000 0000 0001 03576562 076578616d706c65 00 0001 0001 00 0029 04d0 00000000 0000"),
      ).toString("hex"),
    );
    expect(writeQuery(read(PLAIN), 1)).toHaveLength(PLAIN.length);
  });
});

describe("an answer", () => {
  const query = read(EXTENDED);

  test("has header, question, record and OPT", () => {
    const record = { type: DNS_TYPE.a, data: Uint8Array.of(10, 1, 1, 3) };
    expect(Buffer.from(writeAnswer(query, DNS_CODE.ok, [record], 30)).toString("hex")).toBe(
      [
        "123485800001000100000001",
        "03576562076578616d706c650000010001",
        "c00c000100010000001e00040a010103",
        "00002904d0000000000000",
      ].join(""),
    );
  });

  test("counts with the id, the question and one question, and not otherwise", () => {
    const good = writeAnswer({ ...query, id: 7 }, DNS_CODE.ok, [], 0);
    expect(answers(good, query, 7)).toBe(true);
    expect(answers(good, query, 8)).toBe(false);
    expect(answers(writeQuery(query, 7), query, 7)).toBe(false);
    expect(answers(good.subarray(0, 20), query, 7)).toBe(false);
    const other = good.slice();
    other[13] = 0x77; // "web" for "Web": the case of letters counts too.
    expect(answers(other, query, 7)).toBe(false);
  });

  test("that is too long by UDP says so, and has the machine's id", () => {
    const records = Array.from({ length: 100 }, () => ({ type: DNS_TYPE.a, data: new Uint8Array(4) }));
    const long = writeAnswer({ ...query, id: 7 }, DNS_CODE.ok, records, 0);
    const cut = passOn(long, query, 512);
    expect(Buffer.from(cut).toString("hex")).toBe("123487800001000000000000" + "03576562076578616d706c650000010001");
    const inPool = Buffer.concat([new Uint8Array(5), long]).subarray(5);
    expect(passOn(inPool, query, 512)).toEqual(cut);
    expect(passOn(long, query, 0xffff)).toHaveLength(long.length);
    expect(passOn(long, query, 0xffff).subarray(0, 2)).toEqual(Uint8Array.of(0x12, 0x34));
  });
});

test("a name is written in labels", () => {
  expect(Buffer.from(writeName("web.example")).toString("hex")).toBe("03776562076578616d706c6500");
});

test("octets of any kind never throw, mutated or made up, and an answer never grows beyond its bound", () => {
  const mutated = fc
    .tuple(fc.constantFrom(PLAIN, EXTENDED), fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }))
    .map(([bytes, changes]) => {
      const changed = bytes.slice();
      for (const [at, value] of changes) if (at < changed.length) changed[at] = value;
      return changed;
    });
  const cut = fc.tuple(mutated, fc.nat(60)).map(([bytes, length]) => bytes.subarray(0, length));
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(mutated, cut, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      const query = readQuery(bytes);
      if (query === undefined || "code" in query) return;
      read += 1;
      const sent = writeQuery(query, 5);
      expect(readQuery(sent)).toMatchObject({ name: query.name, type: query.type });
      expect(passOn(writeAnswer(query, 0, [], 0), query, query.udpBytes).length).toBeLessThanOrEqual(query.udpBytes);
      expect(answers(bytes, query, query.id)).toBe(false);
    }),
    { numRuns: 5_000 },
  );
  expect(read).toBeGreaterThan(500);
});
