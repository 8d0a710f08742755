import { parseInetAddress } from "@contrail/net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inputs, machine, network, object } from "./agent-world.model.ts";
import { isInside, networkNames, reverseAddress } from "./network-names.ts";

const at = (text: string): number => parseInetAddress(text) ?? Number.NaN;

/** Names of network 0, whose machines are called so; index 9 is in network 1. */
function namesOf(domain: string, names: Readonly<Record<number, string>>) {
  const annotated = (key: string, value: string) => ({ annotations: { key_value_pair: [{ key, value }] } });
  const objects = [...network(0), ...network(1)].map((each) =>
    each.uuid === "vn0"
      ? { ...each, properties: { ...each.properties, ...annotated("cloudstack.network-domain", domain) } }
      : each,
  );
  const machines = Object.entries(names).flatMap(([index, name]) =>
    machine(Number(index), index === "9" ? 1 : 0).map((each) =>
      each.type === "virtual-machine-interface"
        ? object(each.type, each.uuid, { ...each, properties: annotated("cloudstack.dns-name", name) })
        : each,
    ),
  );
  const { view } = inputs([...objects, ...machines], []);
  const [own] = objects;
  if (own === undefined) throw new Error("no network");
  return networkNames(view, own);
}

test("are those of the machines of the network, short and whole", () => {
  const names = namesOf("Red.example", { 0: "Web", 1: "db", 9: "stranger" });
  expect([...names.addresses].sort()).toEqual([
    ["db", [at("10.0.0.4")]],
    ["db.red.example", [at("10.0.0.4")]],
    ["web", [at("10.0.0.3")]],
    ["web.red.example", [at("10.0.0.3")]],
  ]);
  expect([...names.names.values()].sort()).toEqual(["db.red.example", "web.red.example"]);
});

test("without a domain are of one label; two machines of one name have both addresses", () => {
  const names = namesOf("", { 0: "web", 1: "web" });
  expect([...names.addresses]).toEqual([["web", [at("10.0.0.3"), at("10.0.0.4")]]]);
});

test("that are no names are left out", () => {
  const names = namesOf("red.example", { 0: "", 1: "a b", 2: "a.b", 3: "-a", 4: "x".repeat(64), 5: "é", 6: "ok" });
  expect([...names.addresses.keys()]).toEqual(["ok", "ok.red.example"]);
});

test("a reverse name is an address, and nothing else is", () => {
  expect(reverseAddress("4.3.2.1.in-addr.arpa")).toBe(at("1.2.3.4"));
  for (const name of [
    "3.2.1.in-addr.arpa",
    "1.4.3.2.1.in-addr.arpa",
    "300.3.2.1.in-addr.arpa",
    "4.3.2.1.in-addr.arpa.x",
  ])
    expect(reverseAddress(name)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => typeof (reverseAddress(text) ?? 0) === "number"));
});

test("private addresses are inside, and those of the network's subnets", () => {
  for (const inside of ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.1.1", "127.0.0.1"])
    expect([inside, isInside(at(inside), [])]).toEqual([inside, true]);
  for (const outside of ["172.32.0.1", "192.169.0.1", "11.0.0.1", "203.0.113.9"])
    expect([outside, isInside(at(outside), [])]).toEqual([outside, false]);
  expect(isInside(at("203.0.113.9"), [{ address: at("203.0.113.0"), length: 24 }])).toBe(true);
});
