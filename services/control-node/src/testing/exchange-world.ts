import { encodeAttributes, type PathAttributes, routeTarget } from "@contrail/bgp";
import type { Clock } from "@contrail/clock";
import { silentLogger, silentMeter } from "@contrail/observability";
import { type AgentRoute, type PathSource, Rib } from "@contrail/rib";
import { systemClock } from "@contrail/runtime";
import { BgpExchange } from "../shell/bgp-exchange.ts";
import { RibDriver } from "../shell/rib-driver.ts";

/** Agents. */
export const HOST: PathSource = { kind: "agent", name: "host1", routerId: 0xac1e0102 };
export const OTHER: PathSource = { kind: "agent", name: "host2", routerId: 0xac1e0202 };
/** What a peer says that can restart gracefully. */
export const GRACEFUL = {
  restartTimeMs: 60_000,
  restarting: false,
  notifications: true,
  families: [{ family: "inet-vpn" as const, forwardingPreserved: true }],
};

/** An exchange with empty tables and network red, which exports target 1. */
export function world(maxRoutes = 1_000_000, clock: Clock = systemClock) {
  const rib = new Rib({ autonomousSystem: 64_512, routerId: 1 });
  const driver = new RibDriver(rib, clock);
  const heard: string[] = [];
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) };
  const exchange = new BgpExchange({
    driver,
    clock,
    logger,
    localAddress: rib.routerId,
    maxRoutes,
    endOfRibWaitMs: 60_000,
    onHeard: (name) => heard.push(name),
    untold: silentMeter.counter("untold", ""),
  });
  rib.setInstance({ name: "red", importTargets: [], exportTargets: [routeTarget(64_512, 1)], virtualNetworkId: 5 });
  const idle = () => new Promise<void>((resolve) => driver.whenIdle(resolve));
  const publish = (index: number, label = 16 + index, agent = HOST) => {
    rib.publish(agent, "red", 3, route(index, label, agent));
    driver.changed();
  };
  const withdraw = (index: number) => {
    rib.withdraw(HOST, "red", 0x0a000000 + index, 32);
    driver.changed();
  };
  return { rib, driver, exchange, heard, warnings, idle, publish, withdraw };
}

/** A route of an agent. */
export function route(index: number, label: number, agent: PathSource): AgentRoute {
  return {
    address: 0x0a000000 + index,
    length: 32,
    nextHop: agent.routerId,
    label,
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [index % 3],
    virtualNetworkId: 5,
    encapsulations: [13],
  };
}

/** An UPDATE of a peer with its own prefix, or with the one that an agent has too. */
export function announcement(count: number, rdLow = 0x01020003, label = 99) {
  const attributes: PathAttributes = {
    origin: 0,
    asPath: [],
    localPreference: 200,
    communities: [],
    clusterList: [],
    extendedCommunities: [routeTarget(64_512, 1)],
    largeCommunities: [],
    unknown: [],
  };
  const bytes = encodeAttributes(attributes, { fourOctetAs: true });
  const routes = Array.from({ length: count }, (_, index) => {
    return { rdHigh: 0x0001ac1e, rdLow, address: 0x0a000000 + index, length: 32, label };
  });
  return {
    unreach: [],
    reach: [{ family: "inet-vpn" as const, routes, nextHop: 0xac1f0007 }],
    announced: { bytes, attributes },
  };
}
