import { expect, test } from "vitest";
import { activeMachine } from "./agent-world.model.ts";
import { resolvConfServers, resolverList, resolversOf } from "./resolvers.ts";

/** Addresses of the host itself. */
const OWN = new Set(["198.51.100.77", "10.0.0.1"]);
const HOST = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];

function ofNetwork(servers: string): readonly string[] {
  const port = activeMachine();
  const annotations = { key_value_pair: [{ key: "cloudstack.dns", value: servers }] };
  const network = { ...port.network, properties: { ...port.network.properties, annotations } };
  return resolversOf({ ...port, network }, HOST, OWN);
}

test("servers are read from a list and from resolv.conf, what is none is left out", () => {
  expect(resolverList(" 192.0.2.1,x, ,192.0.2.300,::1,192.0.2.2")).toEqual(["192.0.2.1", "192.0.2.2"]);
  const text =
    "# nameserver 1.1.1.1\nsearch a.example\nnameserver 127.0.0.53\n  nameserver\t192.0.2.9 # b\nnameserver ::1\n";
  expect(resolvConfServers(text)).toEqual(["127.0.0.53", "192.0.2.9"]);
});

test("a network's own servers count before the host's, three at most", () => {
  expect(ofNetwork("198.51.100.1, 198.51.100.2")).toEqual(["198.51.100.1", "198.51.100.2"]);
  expect(ofNetwork("")).toEqual(HOST.slice(0, 3));
});

test("a tenant's servers are never the host itself, a link or a group", () => {
  for (const address of [
    "127.0.0.1",
    "127.0.0.53",
    "0.0.0.0",
    "169.254.159.253",
    "224.0.0.251",
    "239.1.1.1",
    "255.255.255.255",
    ...OWN,
  ])
    expect([address, ofNetwork(address)]).toEqual([address, HOST.slice(0, 3)]);
  expect(ofNetwork("198.51.100.77,198.51.100.1")).toEqual(["198.51.100.1"]);
});
