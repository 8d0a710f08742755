import { expect, test } from "vitest";
import { FragmentTable } from "./fragment-table.ts";
import type { InetHeader } from "./inet-header.ts";

function header(changes: Partial<InetHeader>): InetHeader {
  return {
    offset: 14,
    headerBytes: 20,
    totalBytes: 60,
    identification: 7,
    dontFragment: false,
    moreFragments: true,
    fragmentOffset: 0,
    ttl: 64,
    protocol: 17,
    source: 1,
    destination: 2,
    ...changes,
  };
}

const ports = (source: number) => ({ source, destination: 53 });

test("later fragments find the ports of their first one, and of no other packet", () => {
  const table = new FragmentTable(8);
  table.remember(1, header({}), ports(1_000));
  expect(table.find(1, header({}))).toEqual(ports(1_000));
  expect(table.find(2, header({}))).toBeUndefined();
  for (const other of [{ identification: 8 }, { source: 9 }, { destination: 9 }, { protocol: 6 }]) {
    expect(table.find(1, header(other))).toBeUndefined();
  }
});

test("a full table forgets its oldest packet; one that is remembered again is young", () => {
  const table = new FragmentTable(2);
  for (const identification of [1, 2, 1, 3]) table.remember(1, header({ identification }), ports(identification));
  const found = [1, 2, 3].map((identification) => table.find(1, header({ identification }))?.source);
  expect(found).toEqual([1, undefined, 3]);
});
