import fc from "fast-check";
import { expect, test } from "vitest";
import type { Destination, PathSource } from "../path.ts";
import type { RoutingPolicy } from "../policy/routing-policy.ts";
import { Mirror, newRib, target, vrfContents } from "../rib.model.ts";
import type { Rib } from "../rib.ts";
import {
  address,
  chain,
  features,
  HOST1,
  HOST2,
  hostRoute,
  makeInstance,
  plainAttributes,
  prefix,
} from "./derived.model.ts";
import type { InstanceFeatures } from "./instance-features.ts";

const NAMES = ["red", "blue", "chain"] as const;
type Name = (typeof NAMES)[number];

/** Everything that is said: what the tables must be equal to. */
interface State {
  readonly instances: Map<Name, readonly number[]>;
  readonly features: Map<Name, InstanceFeatures>;
  /** By "host instance address". */
  readonly routes: Map<string, () => Parameters<Rib["publish"]>>;
  /** What the router of a tenant in red says, by prefix. */
  readonly inside: Map<string, () => Parameters<Rib["publishInside"]>>;
}

type Change = (state: State, rib: Rib) => void;

/** Each network has addresses of its own, so that a route says where it comes from. */
const SUBNET = { red: 1, blue: 2, chain: 1 } as const;
const NETWORK = { red: 1, blue: 2, chain: 1 } as const;
const OWN = { red: 1, blue: 2, chain: 9 } as const;
const name = fc.constantFrom(...NAMES);
const host = fc.constantFrom(HOST1, HOST2);
const last = fc.integer({ min: 1, max: 4 });

const publishIn = (names: fc.Arbitrary<Name>) =>
  fc.tuple(host, names, last, fc.integer({ min: 16, max: 17 }), fc.constantFrom(100, 200)).map(
    ([source, instance, number, label, localPreference]): Change =>
      (state, rib) => {
        const text = `10.${SUBNET[instance]}.0.${number}`;
        const more = { localPreference, virtualNetworkId: NETWORK[instance] };
        const said = (): Parameters<Rib["publish"]> => {
          return [source, instance, NAMES.indexOf(instance) + 1, hostRoute(source, text, label, more)];
        };
        state.routes.set(`${source.name} ${instance} ${text}`, said);
        rib.publish(...said());
      },
  );

const withdrawIn = (names: fc.Arbitrary<Name>) =>
  fc.tuple(host, names, last).map(
    ([source, instance, number]): Change =>
      (state, rib) => {
        const text = `10.${SUBNET[instance]}.0.${number}`;
        state.routes.delete(`${source.name} ${instance} ${text}`);
        rib.withdraw(source, instance, Number(address(text)), 32);
      },
  );

const instance = fc.tuple(name, fc.subarray([1, 2, 9])).map(
  ([each, imports]): Change =>
    (state, rib) => {
      state.instances.set(each, imports);
      makeInstance(rib, each, OWN[each], imports, NETWORK[each]);
    },
);

const removal = name.map(
  (each): Change =>
    (state, rib) => {
      state.instances.delete(each);
      rib.removeInstance(each);
    },
);

const nextHop = last.map((number) => address(`10.1.0.${number}`));
const staticRoutes = fc.array(
  fc.record({
    prefix: fc.constantFrom(prefix("10.7.0.0/16"), prefix("10.8.0.0/16")),
    nextHop,
    routeTargets: fc.subarray([target(2)]),
    communities: fc.constant([]),
  }),
  { maxLength: 3 },
);
const aggregates = fc.uniqueArray(
  fc.record({ prefix: fc.constantFrom(prefix("10.1.0.0/24"), prefix("10.2.0.0/24")), nextHop }),
  { maxLength: 2, selector: ({ prefix: each }) => each.address },
);
const chains = fc
  .record({
    connected: fc.constantFrom("red", "chain"),
    address: nextHop,
    prefixes: fc.subarray([prefix("10.2.0.0/16"), prefix("10.2.0.0/30")]),
    group: fc.constantFrom("one", "two"),
  })
  .map((more) => [chain(more)]);
const policies = fc.constantFrom<readonly RoutingPolicy[]>(
  [
    {
      terms: [
        { match: { protocols: ["service-chain", "static"] }, update: { localPreference: 300 }, action: "accept" },
      ],
    },
  ],
  [{ terms: [{ match: { prefixes: [{ prefix: prefix("10.2.0.1"), kind: "exact" }] }, update: {}, action: "reject" }] }],
);
const none = fc.constant([]);
const oneOf = <Item>(items: fc.Arbitrary<readonly Item[]>): fc.Arbitrary<readonly Item[]> =>
  fc.oneof({ weight: 2, arbitrary: items }, { weight: 1, arbitrary: none });

const featuresOf = (each: Name): fc.Arbitrary<InstanceFeatures> =>
  fc.record({
    staticRoutes: oneOf(staticRoutes),
    aggregates: oneOf(aggregates),
    chains: each === "chain" ? oneOf(chains) : none,
    policies: fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: policies }),
  });

const configure = name
  .chain((each) => fc.tuple(fc.constant(each), featuresOf(each)))
  .map(
    ([each, given]): Change =>
      (state, rib) => {
        state.features.set(each, given);
        rib.setFeatures(each, given);
      },
  );

const ROUTER: PathSource = { kind: "bgpaas", name: "router", routerId: 9 };
const insidePrefix = fc.constantFrom("10.1.0.1/32", "10.1.0.2/32", "10.1.0.0/28", "10.7.0.0/16", "fd07::/64");
const sayInside = fc.tuple(insidePrefix, nextHop, fc.constantFrom(undefined, 200)).map(
  ([text, hop, localPreference]): Change =>
    (state, rib) => {
      const route = { nextHop: hop, attributes: plainAttributes({ localPreference }) };
      const said = (): Parameters<Rib["publishInside"]> => [ROUTER, "red", [prefix(text)], route];
      state.inside.set(text, said);
      rib.publishInside(...said());
    },
);
const takeInside = insidePrefix.map(
  (text): Change =>
    (state, rib) => {
      state.inside.delete(text);
      rib.withdrawInside(ROUTER, "red", prefix(text));
    },
);

const change = fc.oneof(
  { weight: 6, arbitrary: publishIn(name) },
  { weight: 3, arbitrary: withdrawIn(name) },
  { weight: 3, arbitrary: instance },
  { weight: 1, arbitrary: removal },
  { weight: 3, arbitrary: configure },
  { weight: 2, arbitrary: sayInside },
  { weight: 1, arbitrary: takeInside },
);
/** All instances and a chain between them, of which the history may leave little. */
const start: Change = (state, rib) => {
  for (const each of NAMES) {
    const imports = each === "red" ? [9] : [];
    state.instances.set(each, imports);
    makeInstance(rib, each, OWN[each], imports, NETWORK[each]);
  }
  const given = features({ chains: [chain({ address: address("10.1.0.1"), prefixes: [prefix("10.2.0.0/16")] })] });
  state.features.set("chain", given);
  rib.setFeatures("chain", given);
};
const history = fc
  .array(fc.tuple(change, fc.constantFrom(0, 0, 1, 2, 1_000)), { minLength: 10, maxLength: 60, size: "max" })
  .map((changes) => [[start, 0] as const, ...changes]);

function emptyState(): State {
  return { instances: new Map(), features: new Map(), routes: new Map(), inside: new Map() };
}

function rebuilt({ instances, features: given, routes, inside }: State): Rib {
  const rib = newRib();
  for (const said of inside.values()) rib.publishInside(...said());
  for (const said of routes.values()) rib.publish(...said());
  for (const [each, more] of given) rib.setFeatures(each, more);
  for (const [each, imports] of instances) makeInstance(rib, each, OWN[each], imports, NETWORK[each]);
  settle(rib);
  return rib;
}

/** Works everything off; it has to come to an end. */
function settle(rib: Rib, mirror?: Mirror): void {
  for (let turn = 0; rib.step(3); turn++) {
    mirror?.take(rib);
    if (turn > 1_000) throw new Error("the tables do not come to rest");
  }
  mirror?.take(rib);
}

/** What stays in the VPN tables, distinguishers included. */
function vpnContents(rib: Rib): readonly string[] {
  return [...rib.vpn.all(), ...rib.table("inet6-vpn").all()]
    .flatMap((destination) =>
      destination.paths.map(({ source, nextHop: hop, label, attributes, feasible }) =>
        [nameOf(destination), source.name, hop, label, feasible, attributes.extendedCommunities].join(),
      ),
    )
    .sort();
}

function nameOf(destination: Destination): string {
  if (destination.family !== "inet-vpn") return destination.key;
  const { rdHigh, rdLow, address: at, length } = destination;
  return `${rdHigh} ${rdLow} ${at}/${length}`;
}

test("any order of changes, in any batching, ends in the tables of a rebuild, and so does what listeners were told", () => {
  let [derived, inet6] = [0, 0];
  fc.assert(
    fc.property(history, (changes) => {
      const [rib, state, mirror] = [newRib(), emptyState(), new Mirror()];
      for (const [apply, steps] of changes) {
        apply(state, rib);
        if (steps === 0) continue;
        rib.step(steps);
        mirror.take(rib);
      }
      settle(rib, mirror);
      const fresh = rebuilt(state);
      expect(vrfContents(rib)).toEqual(vrfContents(fresh));
      expect(vpnContents(rib)).toEqual(vpnContents(fresh));
      expect(mirror.routes).toEqual(vrfContents(rib));
      if ([...rib.vpn.all()].some(({ best }) => best?.source.kind === "service-chain")) derived++;
      if (rib.table("inet6-vpn").size > 0) inet6++;
    }),
    { numRuns: 1_500 },
  );
  console.log(`of 1500 histories ${derived} end with chain routes, ${inet6} with a router's IPv6 route`);
  expect([derived > 150, inet6 > 50]).toEqual([true, true]);
});

test("when hosts, features and instances are gone, nothing is left", () => {
  fc.assert(
    fc.property(history, (changes) => {
      const [rib, state] = [newRib(), emptyState()];
      for (const [apply, steps] of changes) {
        apply(state, rib);
        rib.step(steps);
      }
      for (const each of NAMES) rib.setFeatures(each, features({}));
      for (const source of [HOST1, HOST2, ROUTER]) rib.removeSource(source);
      settle(rib);
      expect([rib.vpn.size, rib.table("inet6-vpn").size]).toEqual([0, 0]);
      for (const each of NAMES) rib.removeInstance(each);
      expect([...rib.instances()]).toEqual([]);
    }),
  );
});

/** Hosts that have an address in an instance, and the ways that this comes to: the best of them. */
function naiveWays(state: State, each: Name, text: string): readonly string[] {
  const said = [...state.routes]
    .filter(([key]) => key.endsWith(` ${each} ${text}`))
    .map(([, route]) => route() as readonly [PathSource, string, number, ReturnType<typeof hostRoute>, held?: boolean]);
  const best = Math.max(0, ...said.map(([, , , { localPreference }]) => localPreference));
  const found = said.filter(([, , , { localPreference }]) => localPreference === best);
  return found.map(([{ routerId }, , , { label }]) => `${routerId} ${label}`).sort();
}

function ways(rib: Rib, each: Name, text: string): readonly string[] {
  const { address: at, length } = prefix(text);
  const hops = rib.route(each, Number(at) * 64 + length)?.nextHops ?? [];
  return hops.map(({ address: hop, label }) => `${hop} ${label}`).sort();
}

test("static routes, aggregates and a chain are as a naive reading of the hosts' routes says", () => {
  const network = fc.constantFrom<Name>("red", "blue");
  const said = fc.oneof({ weight: 2, arbitrary: publishIn(network) }, { weight: 1, arbitrary: withdrawIn(network) });
  const routes = fc.array(said, { maxLength: 30 });
  fc.assert(
    fc.property(routes, (changes) => {
      const [rib, state] = [newRib(), emptyState()];
      makeInstance(rib, "red", 1, [9]);
      makeInstance(rib, "blue", 2);
      makeInstance(rib, "chain", 9, [], 1);
      const route = { prefix: prefix("10.7.0.0/16"), nextHop: address("10.1.0.3"), routeTargets: [], communities: [] };
      const aggregate = { prefix: prefix("10.1.0.0/24"), nextHop: address("10.1.0.2") };
      rib.setFeatures("red", features({ staticRoutes: [route], aggregates: [aggregate] }));
      const prefixes = [prefix("10.2.0.0/16")];
      rib.setFeatures("chain", features({ chains: [chain({ address: address("10.1.0.1"), prefixes })] }));
      for (const apply of changes) {
        apply(state, rib);
        rib.step(2);
      }
      settle(rib);
      expect(ways(rib, "red", "10.7.0.0/16")).toEqual(naiveWays(state, "red", "10.1.0.3"));
      const others = [1, 3, 4].some((number) => naiveWays(state, "red", `10.1.0.${number}`).length > 0);
      expect(ways(rib, "red", "10.1.0.0/24")).toEqual(others ? naiveWays(state, "red", "10.1.0.2") : []);
      const service = naiveWays(state, "red", "10.1.0.1");
      const machines = [1, 2, 3, 4].map((number) => naiveWays(state, "blue", `10.2.0.${number}`).length > 0);
      for (const [index, isThere] of machines.entries())
        expect(ways(rib, "chain", `10.2.0.${index + 1}`)).toEqual(isThere ? service : []);
      expect(ways(rib, "red", "10.2.0.0/16")).toEqual(machines.includes(true) ? service : []);
    }),
    { numRuns: 500 },
  );
});
