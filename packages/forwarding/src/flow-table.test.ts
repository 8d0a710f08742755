import { expect, test } from "vitest";
import { flowHash, reverseFlowKey } from "./flow-key.ts";
import { FlowTable } from "./flow-table.ts";

function key(sourcePort: number, nextHop = 101) {
  return {
    nextHop,
    protocol: 17,
    sourceAddress: 0x0a010103,
    destinationAddress: 0x0a010104,
    sourcePort,
    destinationPort: 53,
  };
}

test("the least recently used embryonic entry goes when the table is full", () => {
  const flows = new FlowTable({ embryonic: 4, established: 100 });
  flows.insertPair(key(1), 101, true, 1);
  flows.insertPair(key(2), 101, true, 1);
  flows.find(key(1));
  flows.insertPair(key(3), 101, true, 1);
  expect(flows.entries().length).toBe(4);
  expect(flows.find(key(1))).toBeDefined();
  expect(flows.find(reverseFlowKey(key(1), 101))).toBeUndefined();
});

test("an interface's share bounds its established entries, and ageing gives it back", () => {
  const flows = new FlowTable({ embryonic: 100, established: 100 });
  const promote = (port: number): boolean => {
    flows.insertPair(key(port), 101, true, 1);
    const reverse = flows.find(reverseFlowKey(key(port), 101));
    if (reverse !== undefined) flows.promote(reverse, 2);
    return reverse?.established ?? false;
  };
  expect(promote(1)).toBe(true);
  expect(promote(2)).toBe(false);
  expect(flows.age(1_000_000_000_000n)).toBe(4);
  expect(promote(3)).toBe(true);
});

test("the host's bound leaves entries embryonic", () => {
  const flows = new FlowTable({ embryonic: 100, established: 0 });
  const forward = flows.insertPair(key(1), 101, true, 1);
  flows.promote(forward, 10);
  expect(forward.established).toBe(false);
  expect(flows.find(key(1))).toBe(forward);
});

test("a reverse entry that is there already is left as it is", () => {
  const flows = new FlowTable({ embryonic: 100, established: 100 });
  const first = flows.insertPair(key(1), 102, true, 1);
  flows.insertPair(reverseFlowKey(key(1), 102), 101, false, 2);
  expect(flows.find(key(1))).toBe(first);
  expect(first.pass).toBe(true);
});

test("the reverse of a key's reverse is the key, and ICMP identifiers stay in place", () => {
  expect(reverseFlowKey(reverseFlowKey(key(7), 102), 101)).toEqual(key(7));
  const echo = { ...key(7), protocol: 1, destinationPort: 0 };
  expect(reverseFlowKey(echo, 102)).toMatchObject({ sourcePort: 7, destinationPort: 0 });
});

test("the hash is FNV-1a over 13 bytes, folded", () => {
  const bytes = [10, 1, 1, 3, 10, 1, 1, 4, 17, 0, 7, 0, 53];
  let hash = 0x811c9dc5n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  expect(BigInt(flowHash(key(7)))).toBe(hash ^ (hash >> 16n));
});
