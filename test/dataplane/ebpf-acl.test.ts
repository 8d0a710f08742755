import { openTestBench, type TestBench } from "@contrail/dataplane-ebpf/test-bench";
import {
  type AclRule,
  type AddressMatch,
  createForwarder,
  MAX_ACL_RULES,
  type PortRange,
  type TableDelta,
} from "@contrail/forwarding";
import { address, ethernet, inet, PASS_ALL, prefix, tcp, udp } from "@contrail/testkit/dataplane";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ebpfMissing, named } from "./ebpf-needs.ts";

const MAC = 0x020000000001;
const SEED = 20_261_124;

let bench: TestBench | undefined;

beforeAll(() => {
  if (ebpfMissing === undefined) bench = openTestBench();
});

afterAll(() => bench?.close());

/** One interface that may send from everywhere; routes to three networks with two group sets. */
function tables(rules: readonly AclRule[]): readonly TableDelta[] {
  const route = (text: string, originNetwork: number, groupSet: number): TableDelta => ({
    kind: "route",
    row: { vrf: 1, prefix: prefix(text), nextHop: 2, label: 20, originNetwork, groupSet },
  });
  const row = { id: 1, device: "vif1", vrf: 1, mac: MAC, nextHop: 1, network: 1, groupSet: 1, networkAcl: 1 };
  const rest = {
    ingressAcl: 0,
    egressAcl: 0,
    subnet: prefix("10.1.0.0/16"),
    mtuBytes: 1450,
    address: 0,
    gateway: 0,
    nameServer: 0,
  };
  const remoteAddress = address("172.30.2.2");
  return [
    { kind: "group-set", row: { id: 1, groups: [8_000_001] } },
    { kind: "group-set", row: { id: 2, groups: [8_000_002, 8_000_003] } },
    { kind: "acl", row: { id: 1, rules } },
    { kind: "next-hop", row: { id: 1, action: { kind: "interface", interface: 1 } } },
    { kind: "next-hop", row: { id: 2, action: { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress } } },
    { kind: "interface", row: { ...row, ...rest } },
    { kind: "interface-address", row: { interface: 1, prefix: prefix("0.0.0.0/0"), mac: MAC } },
    route("0.0.0.0/0", 0, 0),
    route("10.1.0.0/16", 1, 1),
    route("10.2.0.0/16", 2, 2),
    route("10.3.0.0/16", 3, 0),
  ];
}

const anyAddress: fc.Arbitrary<number> = fc
  .tuple(fc.constantFrom(10, 10, 10, 192), fc.nat(4), fc.nat(255), fc.nat(255))
  .map(([a, b, c, d]) => a * 0x1000000 + b * 0x10000 + c * 0x100 + d);

const match: fc.Arbitrary<AddressMatch> = fc.oneof(
  fc.constant<AddressMatch>({ kind: "any" }),
  fc.tuple(anyAddress, fc.nat(32)).map(([where, length]): AddressMatch => {
    const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
    return { kind: "prefix", prefix: { address: (where & mask) >>> 0, length } };
  }),
  fc.integer({ min: 0, max: 4 }).map((network): AddressMatch => ({ kind: "network", network })),
  fc.integer({ min: 8_000_001, max: 8_000_004 }).map((group): AddressMatch => ({ kind: "group", group })),
);

const port = fc.constantFrom(0, 1, 22, 80, 443, 5000, 65_534, 65_535);
const ports: fc.Arbitrary<PortRange> = fc.oneof(
  fc.constant({ first: 0, last: 65_535 }),
  fc.tuple(port, port).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) })),
);

const rule: fc.Arbitrary<AclRule> = fc.record({
  pass: fc.boolean(),
  source: match,
  destination: match,
  protocol: fc.constantFrom<number | "any">("any", 6, 17, 1, 47),
  sourcePorts: ports,
  destinationPorts: ports,
});

const packet: fc.Arbitrary<Uint8Array> = fc
  .record({ source: anyAddress, destination: anyAddress, protocol: fc.constantFrom(6, 17, 47), from: port, to: port })
  .map(({ source, destination, protocol, from, to }) => {
    const ends = { source, destination, sourcePort: from, destinationPort: to };
    const data = new Uint8Array(8);
    const payload = protocol === 6 ? tcp(ends, 0x10, data) : protocol === 17 ? udp(ends, data) : data;
    return ethernet(0x00005e000100, MAC, 0x0800, inet({ source, destination, protocol, payload }));
  });

test.skipIf(ebpfMissing !== undefined)(
  named("compiled ACLs of up to 1024 rules decide as the rules one by one do"),
  { timeout: 240_000 },
  () => {
    const seen = { pass: 0, deny: 0, rules: 0 };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(rule, { maxLength: 8 }),
          fc.array(rule, { minLength: 60, maxLength: 70 }),
          fc.array(rule, { minLength: 900, maxLength: MAX_ACL_RULES, size: "max" }),
        ),
        fc.array(packet, { minLength: 40, maxLength: 40 }),
        (rules, packets) => {
          if (bench === undefined) return;
          bench.reset();
          const reference = createForwarder();
          reference.apply(tables(rules));
          bench.apply(tables(rules));
          seen.rules = Math.max(seen.rules, rules.length);
          for (const frame of packets) {
            const wanted = reference.fromMachine(1, frame, 1n).drop;
            seen[wanted === undefined ? "pass" : "deny"] += 1;
            expect(bench.fromMachine(1, frame, 1n).drop).toBe(wanted);
          }
        },
      ),
      { seed: SEED, numRuns: 90 },
    );
    console.log(`passed ${seen.pass}, denied ${seen.deny}, longest ACL ${seen.rules} rules`);
    expect(Math.min(seen.pass, seen.deny)).toBeGreaterThan(300);
    expect(seen.rules).toBeGreaterThan(900);
  },
);

/** An ACL whose rules differ in everything that takes room. */
function largeAcl(id: number): TableDelta {
  const rules = Array.from({ length: MAX_ACL_RULES }, (_, index): AclRule => {
    const [first, last] = [index * 32, index * 32 + 7];
    const match = (base: string): AddressMatch => ({
      kind: "prefix",
      prefix: { address: address(base) + index * 64 + 1, length: 32 },
    });
    const ends = { source: match("10.1.0.0"), destination: match("10.2.0.0") };
    return { pass: true, protocol: 6, ...ends, sourcePorts: { first, last }, destinationPorts: { first, last } };
  });
  return { kind: "acl", row: { id, rules } };
}

test.skipIf(ebpfMissing !== undefined)(
  named("an ACL without room denies and holds up no other row, and passes again once there is room"),
  () => {
    if (bench === undefined) return;
    bench.reset();
    bench.apply(tables([PASS_ALL]));
    const ends = { source: address("10.1.0.3"), destination: address("10.2.0.3"), sourcePort: 1, destinationPort: 2 };
    const packet = inet({ ...ends, protocol: 17, payload: udp(ends, new Uint8Array(8)) });
    const drop = () => bench?.fromMachine(1, ethernet(0x00005e000100, MAC, 0x0800, packet), 1n).drop;
    expect(drop()).toBeUndefined();

    const large = Array.from({ length: 20 }, (_, index) => largeAcl(100 + index));
    const label: TableDelta = { kind: "label", row: { label: 16, nextHop: 1 } };
    expect(() => bench?.apply([...large, label])).toThrow(/no room for acl\/1[01]\d and \d+ more/);
    expect(bench.tableSizes()).toMatchObject({ label: 1, interface: 1 });
    expect(bench.tableSizes().acl).toBeLessThan(21);
    expect(drop()).toBeUndefined();

    expect(() => bench?.apply([{ ...largeAcl(1) }])).toThrow(/no room for acl\/1$/);
    expect(drop()).toBe("flow_action_drop");

    bench.apply(large.flatMap((delta) => (delta.kind === "acl" ? [{ kind: "acl-remove", id: delta.row.id }] : [])));
    for (let ageing = 0; ageing < 2; ageing++) bench.ageFlows(1n);
    bench.apply([{ kind: "acl", row: { id: 1, rules: [PASS_ALL] } }]);
    expect(drop()).toBeUndefined();
    expect(bench.tableSizes().acl).toBe(1);
  },
);
