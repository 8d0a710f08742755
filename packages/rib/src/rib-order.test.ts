import fc from "fast-check";
import { expect, test } from "vitest";
import type { PathSource } from "./path.ts";
import type { AgentRoute } from "./publications.ts";
import {
  contentsOf,
  keyedVrfContents,
  Mirror,
  newRib,
  type PeerRoute,
  RibModel,
  reachOf,
  routeName,
  target,
  unreachOf,
  vrfContents,
} from "./rib.model.ts";
import type { Rib } from "./rib.ts";

const AGENTS: readonly PathSource[] = [1, 2, 3].map((n) => ({
  kind: "agent",
  name: `host${n}`,
  routerId: 0xac1e0002 + n,
}));
const PEERS: readonly PathSource[] = [
  { kind: "internal-peer", name: "control2", routerId: 20 },
  { kind: "internal-peer", name: "gateway", routerId: 21 },
  { kind: "external-peer", name: "provider", routerId: 22 },
];
const INSTANCES = ["red", "blue", "green"];

/** One change, applied to the tables and to the model. */
type Change = (rib: Rib, model: RibModel) => void;

const prefix = fc.record({
  address: fc.constantFrom(0x0a000001, 0x0a000002, 0x0a000000),
  length: fc.constantFrom(32, 24),
});
const targets = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });
const agent = fc.constantFrom(...AGENTS);
const peer = fc.constantFrom(...PEERS);
const source = fc.constantFrom(...AGENTS, ...PEERS);
const instance = fc.constantFrom(...INSTANCES);

const said = {
  nextHop: fc.constantFrom(0xac1e0003, 0xac1e0004),
  localPreference: fc.constantFrom(100, 200),
  sequence: fc.constantFrom(0, 1),
  securityGroupIds: fc.constantFrom([], [8_000_001]),
  virtualNetworkId: fc.constantFrom(0, 7),
  encapsulations: fc.constantFrom([13], [13, 8]),
  routerMac: fc.constantFrom(undefined, 0x02000000000a),
  sticky: fc.constantFrom(undefined, true),
  med: fc.constantFrom(undefined, 5),
};
const label = fc.integer({ min: 16, max: 18 });
const undistinguished = { rdHigh: 0, rdLow: 0, ethernetTag: 0 };
const ipRoute = (addresses: fc.Arbitrary<number | bigint>, length: number): fc.Arbitrary<AgentRoute> =>
  fc.record({ address: addresses, length: fc.constant(length), label, ...said });
const macRoute: fc.Arbitrary<AgentRoute> = fc
  .record({ mac: fc.constantFrom(2, 4), ip: fc.constantFrom(undefined, 0x0a000001), label, more: fc.record(said) })
  .map(({ mac, ip, label: field, more }) => ({
    ...more,
    evpn: { type: 2, ...undistinguished, segment: 0n, mac, ip, label: field, label2: undefined },
  }));
const floodingRoute: fc.Arbitrary<AgentRoute> = fc
  .record({ label, originator: fc.constantFrom(1, 2), more: fc.record(said) })
  .map(({ label: floodingLabel, originator, more }) => ({
    ...more,
    floodingLabel,
    evpn: { type: 3, ...undistinguished, originator },
  }));
const agentRoute: fc.Arbitrary<AgentRoute> = fc.oneof(
  { weight: 3, arbitrary: ipRoute(fc.constantFrom(0x0a000001, 0x0a000002), 32) },
  { weight: 2, arbitrary: ipRoute(fc.constantFrom(1n << 120n, 2n << 120n), 128) },
  { weight: 2, arbitrary: macRoute },
  { weight: 1, arbitrary: floodingRoute },
);

const peerRoute: fc.Arbitrary<PeerRoute> = fc
  .record({
    at: prefix,
    rdLow: fc.integer({ min: 1, max: 2 }),
    label: fc.integer({ min: 16, max: 17 }),
    nextHop: fc.constantFrom(1, 2),
    targets,
    localPreference: fc.constantFrom(100, 200),
    med: fc.constantFrom(undefined, 10, 20),
    neighbourAs: fc.constantFrom(65_001, 65_002),
  })
  .map(({ at, ...rest }) => ({ ...at, ...rest }));

const publish = fc.tuple(agent, instance, agentRoute).map(
  ([who, where, route]): Change =>
    (rib, model) => {
      const number = model.numbers.get(`${who.name} ${where}`) ?? INSTANCES.indexOf(where) + 1;
      model.numbers.set(`${who.name} ${where}`, number);
      const byInstance = model.published.get(who) ?? new Map();
      const routes = byInstance.get(where) ?? new Map();
      model.published.set(who, byInstance.set(where, routes.set(routeName(route), { value: route, stale: false })));
      rib.publish(who, where, number, route);
    },
);

const withdraw = fc.tuple(agent, instance, agentRoute).map(
  ([who, where, route]): Change =>
    (rib, model) => {
      model.published.get(who)?.get(where)?.delete(routeName(route));
      if ("evpn" in route) rib.withdrawEvpn(who, where, route.evpn);
      else rib.withdraw(who, where, route.address, route.length);
    },
);

/** The agent numbers an instance anew, as after the loss of its files; numbers of one agent never collide. */
const renumber = fc.tuple(agent, instance, agentRoute).map(
  ([who, where, route]): Change =>
    (rib, model) => {
      const before = model.numbers.get(`${who.name} ${where}`) ?? INSTANCES.indexOf(where) + 1;
      model.numbers.set(`${who.name} ${where}`, before + INSTANCES.length);
      const routes = model.published.get(who)?.get(where);
      if (routes === undefined) return;
      routes.set(routeName(route), { value: route, stale: false });
      rib.publish(who, where, model.numbers.get(`${who.name} ${where}`) ?? 0, route);
    },
);

const unsubscribe = fc.tuple(agent, instance).map(
  ([who, where]): Change =>
    (rib, model) => {
      model.published.get(who)?.delete(where);
      rib.removePublication(who, where);
    },
);

const learn = fc.tuple(peer, peerRoute).map(
  ([who, route]): Change =>
    (rib, model) => {
      const key = `${route.rdLow}:${route.address}/${route.length}`;
      model.learnt.set(who, (model.learnt.get(who) ?? new Map()).set(key, { value: route, stale: false }));
      rib.update(who, reachOf(route), true);
    },
);

const unlearn = fc.tuple(peer, peerRoute).map(
  ([who, route]): Change =>
    (rib, model) => {
      model.learnt.get(who)?.delete(`${route.rdLow}:${route.address}/${route.length}`);
      rib.update(who, unreachOf(route), true);
    },
);

const vni = fc.constantFrom(undefined, 5, 6);
const setInstance = fc.tuple(instance, targets, targets, fc.integer({ min: 0, max: 3 }), vni).map(
  ([name, importing, exporting, virtualNetworkId, vxlanId]): Change =>
    (rib, model) => {
      const settings = {
        name,
        importTargets: importing.map(target),
        exportTargets: exporting.map(target),
        virtualNetworkId,
        vxlanId,
      };
      model.instances.set(name, settings);
      rib.setInstance(settings);
    },
);

const removeInstance = instance.map(
  (name): Change =>
    (rib, model) => {
      model.instances.delete(name);
      rib.removeInstance(name);
    },
);

const lose = source.map(
  (who): Change =>
    (rib, model) => {
      model.published.delete(who);
      model.learnt.delete(who);
      rib.removeSource(who);
    },
);

const away = source.map(
  (who): Change =>
    (rib, model) => {
      model.markStale(who);
      rib.markStale(who);
    },
);

const sweep = source.map(
  (who): Change =>
    (rib, model) => {
      model.sweep(who);
      rib.sweep(who);
    },
);

const change = fc.oneof(
  { weight: 6, arbitrary: publish },
  { weight: 2, arbitrary: withdraw },
  { weight: 1, arbitrary: renumber },
  { weight: 1, arbitrary: unsubscribe },
  { weight: 5, arbitrary: learn },
  { weight: 2, arbitrary: unlearn },
  { weight: 4, arbitrary: setInstance },
  { weight: 1, arbitrary: removeInstance },
  { weight: 1, arbitrary: lose },
  { weight: 2, arbitrary: away },
  { weight: 2, arbitrary: sweep },
);

/** Changes, and after each how many destinations are worked off before the next; 0: none, and nobody looks. */
const history = fc.array(fc.tuple(change, fc.constantFrom(0, 0, 1, 2, 1_000)), { minLength: 1, maxLength: 60 });

test("any order of changes, in any batching, ends in the tables of a rebuild, and so does what listeners were told", () => {
  const seen = { "inet6-vpn": 0, "e-vpn": 0 };
  fc.assert(
    fc.property(history, (changes) => {
      const [rib, model, mirror] = [newRib(), new RibModel(), new Mirror()];
      for (const [apply, steps] of changes) {
        apply(rib, model);
        if (steps === 0) continue;
        rib.step(steps);
        mirror.take(rib);
      }
      while (rib.step(3)) mirror.take(rib);
      mirror.take(rib);
      expect(contentsOf(rib)).toEqual(contentsOf(model.rebuilt()));
      expect(mirror.routes).toEqual(vrfContents(rib));
      const keyed = keyedVrfContents(rib);
      expect(mirror.keyed).toEqual(keyed);
      for (const { family } of keyed.values()) seen[family]++;
    }),
    { numRuns: 1_500 },
  );
  console.log(`routes of instances at the end: ${JSON.stringify(seen)}`);
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

test("when every source is lost and every instance removed, nothing is left", () => {
  fc.assert(
    fc.property(history, (changes) => {
      const [rib, model] = [newRib(), new RibModel()];
      for (const [apply, steps] of changes) {
        apply(rib, model);
        rib.step(steps);
      }
      for (const each of [...AGENTS, ...PEERS]) rib.removeSource(each);
      for (const name of INSTANCES) rib.removeInstance(name);
      rib.step(Number.POSITIVE_INFINITY);
      expect([rib.vpn.size, [...rib.vpn.all()], [...rib.instances()]]).toEqual([0, [], []]);
      expect([...rib.table("e-vpn").all(), ...rib.table("inet6-vpn").all()]).toEqual([]);
      expect([...AGENTS, ...PEERS].map((each) => rib.routeCount(each))).toEqual([0, 0, 0, 0, 0, 0]);
    }),
  );
});
