import type { AclRule, AddressMatch, PortRange } from "@contrail/forwarding";
import fc from "fast-check";
import { LOCALS, type LocalChoices, prefix, SERVICES, type WorldChoices } from "./world.ts";

const addressMatch: fc.Arbitrary<AddressMatch> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "any" } as const) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("10.1.1.0/24", "10.1.2.0/24", "10.1.1.3/32", "10.0.0.0/8", "10.1.1.8/29", "0.0.0.0/0")
      .map((text) => ({ kind: "prefix", prefix: prefix(text) }) as const),
  },
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 3).map((network) => ({ kind: "network", network }) as const) },
  { weight: 1, arbitrary: fc.constantFrom(8_000_001, 8_000_002).map((group) => ({ kind: "group", group }) as const) },
);

const portRange: fc.Arbitrary<PortRange> = fc.constantFrom(
  { first: 0, last: 65_535 },
  { first: 0, last: 65_535 },
  { first: 80, last: 80 },
  { first: 80, last: 443 },
  { first: 5000, last: 6000 },
);

const aclRule: fc.Arbitrary<AclRule> = fc.record({
  pass: fc.constantFrom(true, true, true, false),
  source: addressMatch,
  destination: addressMatch,
  protocol: fc.constantFrom<(number | "any")[]>("any", "any", 6, 17, 1, 47),
  sourcePorts: portRange,
  destinationPorts: portRange,
});

/** The rule that passes whatever comes. */
export const PASS_ALL: AclRule = {
  pass: true,
  source: { kind: "any" },
  destination: { kind: "any" },
  protocol: "any",
  sourcePorts: { first: 0, last: 65_535 },
  destinationPorts: { first: 0, last: 65_535 },
};

const acl = fc
  .tuple(fc.array(aclRule, { minLength: 1, maxLength: 6 }), fc.constantFrom(true, true, true, false))
  .map(([rules, open]) => (open ? [...rules, PASS_ALL] : rules));

const aclId = fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 9);

/** What an interface lacks of what services need; mostly nothing. */
const services: fc.Arbitrary<Partial<LocalChoices>> = fc.constantFrom(
  {},
  {},
  {},
  {},
  { address: 0 },
  { gateway: 0 },
  { nameServer: SERVICES.gateway },
  { address: 0, gateway: 0, nameServer: 0 },
);

const policyChoices = fc.record({
  groupSet: fc.constantFrom(0, 1, 2, 3, 7),
  networkAcl: aclId,
  ingressAcl: aclId,
  egressAcl: aclId,
  mtuBytes: fc.constantFrom(1450, 1450, 576),
});

const localChoices: fc.Arbitrary<LocalChoices> = fc
  .tuple(policyChoices, services)
  .map(([policy, lacks]) => ({ ...policy, ...lacks }));

/** A world's choices: ACLs that mostly pass, so that packets get past them. */
export const worldArbitrary: fc.Arbitrary<WorldChoices> = fc.record({
  settings: fc.record({
    underlayMtuBytes: fc.constantFrom(1500, 1500, 700),
    puntDevice: fc.constantFrom("pkt0", "pkt0", "pkt0", ""),
    puntsPerSecond: fc.constantFrom(0, 1, 2, 50),
    flowsPerInterface: fc.constantFrom(0, 1, 2, 1000),
  }),
  locals: fc.tuple(...LOCALS.map(() => localChoices)),
  groupSets: fc.tuple(
    fc.constant([8_000_001]),
    fc.constant([8_000_002]),
    fc.constantFrom([8_000_001, 8_000_002], [8_000_003]),
  ),
  acls: fc.array(acl, { minLength: 4, maxLength: 4 }),
});
