import { decodeUpdate } from "@contrail/bgp";
import { silentLogger, silentMeter } from "@contrail/observability";
import { routeKey } from "@contrail/rib";
import { expect, test } from "vitest";
import { HOST, route, world } from "../testing/exchange-world.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";
import { InnerExchange } from "./inner-exchange.ts";

/** fd07::/64 as a tenant's router in AS 65001 says it, with a next hop field. */
function update(nextHop: string): Uint8Array {
  const field = nextHop.replaceAll(" ", "");
  const reach = `000201${octet(field.length / 2)}${field}00 40 fd07000000000000`.replaceAll(" ", "");
  const attributes = `40010100 400206 0201 0000fde9 800e${octet(reach.length / 2)}${reach}`.replaceAll(" ", "");
  return Uint8Array.from(Buffer.from(`000000${octet(attributes.length / 2)}${attributes}`, "hex"));
}

const octet = (value: number): string => value.toString(16).padStart(2, "0");

const PREFIX = { address: 0xfd07n << 112n, length: 64 };
const [GLOBAL, OTHER] = ["fd010000 00000000 00000000 00000009", "fd010000 00000000 00000000 00000008"];
const [LINK, MAPPED] = ["fe800000 00000000 00000000 00000009", "00000000 00000000 0000ffff"];
const NOTHING = "00000000 00000000 00000000 00000000";

test.each([
  ["an address", GLOBAL, "update", 1, [26]],
  ["an address and a link-local one (RFC 2545 section 3)", `${GLOBAL} ${LINK}`, "update", 1, [26]],
  ["an IPv4 address as ::ffff:a.b.c.d", `${MAPPED} 0a000001`, "update", 1, [17]],
  ["an address that no host has", OTHER, "update", 1, undefined],
  ["a link-local address alone", LINK, "update", 1, undefined],
  ["an address inside the prefix itself", "fd070000 00000000 00000000 00000009", "update", 1, undefined],
  [":: and a link-local address", `${NOTHING} ${LINK}`, "treat-as-withdraw", 0, undefined],
  ["::1", `${NOTHING.slice(0, -1)}1`, "treat-as-withdraw", 0, undefined],
  ["a multicast address", "ff020000 00000000 00000000 00000001", "treat-as-withdraw", 0, undefined],
  ["a loopback as ::ffff:127.0.0.1", `${MAPPED} 7f000001`, "treat-as-withdraw", 0, undefined],
  ["an IPv4 address as it is", "0a000001", "disable-family", 0, undefined],
  ["three addresses", `${GLOBAL} ${LINK} ${LINK}`, "disable-family", 0, undefined],
] as const)("of an IPv6 route %s as next hop", async (_name, nextHop, kind, received, labels) => {
  const { rib, driver, idle } = world();
  const exchange = new InnerExchange(driver, silentLogger, silentMeter.counter("untold", ""));
  rib.publish(HOST, "red", 3, route(1, 17, HOST));
  rib.publish(HOST, "red", 3, { ...route(9, 26, HOST), address: (0xfd01n << 112n) | 9n, length: 128 });
  const router = new ListeningPeer("router", { external: true, peerAs: 65_001, families: ["inet", "inet6"] });
  const inner = { instance: "red", sourcePort: 50_001, hosts: [], gateways: { inet: undefined, inet6: undefined } };
  router.peer = { ...router.peer, peerAs: 65_001, families: ["inet", "inet6"], inner };
  exchange.established(router);
  const context = { ...router.parameters, firstAs: 65_001, unreadableRoutes: "disable-family" } as const;
  const said = decodeUpdate(update(GLOBAL), context);
  if (said.kind !== "update") throw new Error(said.kind);
  exchange.update(router, said.update);
  // What the router has said before is replaced, or goes.
  const verdict = decodeUpdate(update(nextHop), context);
  expect(verdict.kind).toBe(kind);
  if (verdict.kind === "update" || verdict.kind === "treat-as-withdraw") exchange.update(router, verdict.update);
  if (verdict.kind === "disable-family") exchange.familyDisabled(router, verdict.family);
  await idle();
  expect(exchange.outputs()[0]?.received).toEqual({ inet: 0, inet6: received });
  const key = routeKey(PREFIX);
  const led = typeof key === "bigint" ? rib.keyedRoute("red", key) : undefined;
  expect(led?.nextHops.map(({ label }) => label)).toEqual(labels);
});
