import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Gateway, readGateway, renderFrr, renderFrrInterfaces } from "@contrail/gateways";
import { createGraph } from "@contrail/graph";
import { formatMacAddress } from "@contrail/net";
import type { ConfigObject } from "@contrail/schema";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bgpRouters, INSTANCE, physicalRouter, redNetwork, virtualRouters } from "./config-objects.ts";
import {
  FrrGateway,
  kernelGateways,
  kernelRoutes,
  prepareNamespace,
  routerMacs,
  runScript,
  stubAddress,
  tunnelEnds,
  ZEBRA,
} from "./frr-gateway.ts";
import { BGPD, missingNeeds } from "./needs.ts";
import { FRR, OURS } from "./network.ts";
import { type AgentProcess, DEADLINE, PeerWorld } from "./peer-world.ts";

const skipped = missingNeeds();
if (skipped !== undefined) console.warn(`SKIPPED test/interop/gateways: ${skipped}`);

const HOSTS = { host1: "172.30.1.2", host2: "172.30.2.2" } as const;
const MACS = { host1: 0x02ac1e000102, host2: 0x02ac1e000202 } as const;
/** Connected networks of FRR: one at the start, one that comes later. */
const [STUB, LATER] = ["198.51.100.1/24", "203.0.113.1/24"];
const [STUB_ROUTE, LATER_ROUTE] = ["5-0:0-0-198.51.100.0/24", "5-0:0-0-203.0.113.0/24"];
const TARGETS = ["target:64512:100", "target:64512:200"] as const;
/** Of network red: its virtual_network_network_id. */
const VNI = 5;

/** What the session of the two asks for: without the key, or from farther, it does not come up. */
const SESSION = {
  hold_time: 30,
  ttl_security_hops: 1,
  auth_data: { key_type: "md5", key_items: [{ key_id: 0, key: "s3cret/Key" }] },
};

type HostName = keyof typeof HOSTS;

/** The configuration: control1, the gateway, two hosts, network red with a target, extended to the gateway. */
function configuration(routeTarget: string): readonly ConfigObject[] {
  const routers = { control1: OURS.address, frr: FRR.address };
  const types = { control1: { router_type: "control-node" }, frr: { router_type: "router" } };
  const [own, ...others] = bgpRouters(routers, 179, types);
  if (own === undefined) throw new Error("no router of our own");
  return [
    { ...own, refs: own.refs.map((ref) => ({ ...ref, attr: { session: [{ attributes: [SESSION] }] } })) },
    ...others,
    ...virtualRouters(...Object.keys(HOSTS)),
    ...redNetwork(routeTarget),
    physicalRouter("frr", "red"),
  ];
}

function gatewayOf(objects: readonly ConfigObject[]): Gateway {
  const graph = createGraph();
  for (const object of objects) graph.apply({ kind: "upsert", object });
  return readGateway(graph, "frr");
}

/** frr.conf of the gateway, with network red in the main table: this kernel may have no VRF devices. */
const frrConf = (routeTarget: string): string =>
  renderFrr(gatewayOf(configuration(routeTarget)), { secrets: true, mainTable: "d:p:red" });

/** What real FRR says of a text: vtysh's exit code, and the lines that neither bgpd nor zebra, which share them, knows. */
function judged(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "oct-frr-lines-"));
  chmodSync(folder, 0o755); // The daemons read it as their own user.
  const file = join(folder, "frr.conf");
  writeFileSync(file, text);
  const [ofBgpd, ofZebra] = [BGPD, ZEBRA].map((daemon) => {
    const { stderr } = spawnSync(daemon, ["-C", "-f", file], { encoding: "utf8" });
    return new Set([...stderr.matchAll(/No such command on config line ([0-9]+)/g)].map(([, line]) => Number(line)));
  });
  const { status } = spawnSync("vtysh", ["-C", "-f", file]);
  rmSync(folder, { recursive: true });
  return {
    status,
    onlyOneKnows: (ofBgpd?.symmetricDifference(ofZebra ?? new Set()).size ?? 0) > 0,
    nobodyKnows: [...(ofBgpd ?? [])].filter((line) => ofZebra?.has(line)),
  };
}

describe.skipIf(skipped !== undefined)("the texts for FRR", () => {
  test.each(["frr-vrfs.conf", "frr-main-table.conf"])(
    "%s: every line is known to vtysh, and to bgpd or zebra",
    (name) => {
      const text = readFileSync(new URL(`../../deploy/gateways/examples/${name}`, import.meta.url), "utf8");
      expect(judged(text)).toEqual({ status: 0, onlyOneKnows: true, nobodyKnows: [] });
    },
  );

  test("a line that is none is seen by these checks", () => {
    expect(judged("router bgp 64512\n nonsense\n")).toEqual({ status: 2, onlyOneKnows: true, nobodyKnows: [2] });
  });
});

describe.skipIf(skipped !== undefined)("FRR as a gateway, configured by what is rendered for it", () => {
  const agents = new Map<HostName, AgentProcess>();
  let world: PeerWorld;
  let frr: FrrGateway;

  beforeAll(async () => {
    world = new PeerWorld();
    prepareNamespace(STUB, "172.30.0.0/16");
    await world.start(configuration(TARGETS[0]), HOSTS);
    runScript(renderFrrInterfaces(gatewayOf(configuration(TARGETS[0])), "d:p:red"));
    await startFrr(TARGETS[0]);
    for (const name of ["host1", "host2"] as const) agents.set(name, world.startAgent(name, HOSTS[name]));
  });

  afterAll(() => world?.close(frr));

  async function startFrr(routeTarget: string): Promise<void> {
    frr = new FrrGateway(join(world.folder, "frr"));
    await vi.waitFor(() => expect(frr.isListening).toBe(true), DEADLINE);
    frr.load(frrConf(routeTarget));
  }

  const publish = (name: HostName, ...hosts: readonly number[]) =>
    agents.get(name)?.tell({ kind: "publish", vrf: INSTANCE, hosts, routerMac: MACS[name] });
  const withdraw = (name: HostName, ...hosts: readonly number[]) =>
    agents.get(name)?.tell({ kind: "withdraw", vrf: INSTANCE, hosts });
  const inKernel = (expected: Readonly<Record<string, readonly HostName[]>>) =>
    vi.waitFor(() => {
      const prefixes = kernelRoutes().map(({ dst }) => dst);
      const found = Object.fromEntries(prefixes.sort().map((prefix) => [prefix, kernelGateways(prefix)]));
      const wanted = Object.entries(expected).map(([prefix, hosts]) => [prefix, hosts.map((name) => HOSTS[name])]);
      expect(found, frr.show("show bgp l2vpn evpn")).toEqual(Object.fromEntries(wanted));
    }, DEADLINE);

  /** Routes of FRR in the tables of instance red: text, next hop and label. */
  const inRed = async () => {
    const routes = (await world.node.introspect(`instance-routes?instance=${INSTANCE}`)) as {
      text: string;
      nextHops: { address: string; label: number; encapsulations: number[] }[];
    }[];
    return routes
      .filter(({ nextHops }) => nextHops.some(({ address }) => address === FRR.address))
      .map(({ text, nextHops }) => [text, ...nextHops.map(({ label, encapsulations }) => [label, ...encapsulations])])
      .sort();
  };
  const redHas = (...texts: readonly string[]) =>
    vi.waitFor(async () => expect(await inRed()).toEqual(texts.map((text) => [text, [VNI, 8]])), DEADLINE);
  const otherRoutes = async () => {
    const instances = (await world.node.introspect("instances")) as { name: string; otherRoutes: number }[];
    return instances.find(({ name }) => name === INSTANCE)?.otherRoutes;
  };

  test("has a session of e-vpn with the control node, with the key, hold time and distance of the objects", async () => {
    await vi.waitFor(async () => {
      const { peers } = (await world.node.introspect("neighbours")) as {
        peers: { state: string; parameters?: object }[];
      };
      const parameters = { families: ["e-vpn"], holdTimeMs: 30_000 };
      expect(peers).toMatchObject([{ state: "established", parameters }]);
    }, DEADLINE);
  });

  test("puts routes of network red into its kernel's table, each with the tunnel to its host", async () => {
    publish("host1", 7, 8);
    await inKernel({ "10.0.0.7": ["host1"], "10.0.0.8": ["host1"] });
    expect(kernelRoutes().map(({ dev }) => dev)).toEqual([`br${VNI}`, `br${VNI}`]);
    const mac = formatMacAddress(MACS.host1);
    await vi.waitFor(() => expect(routerMacs(`br${VNI}`)).toEqual([`${HOSTS.host1} ${mac}`]), DEADLINE);
    await vi.waitFor(() => expect(tunnelEnds(`vxlan${VNI}`)).toEqual([`${mac} ${HOSTS.host1}`]), DEADLINE);
  });

  test("has its connected network in routing instance red, and nothing of the underlay", async () => {
    await redHas(STUB_ROUTE);
    const routes = (await world.node.introspect("bgp-routes?family=e-vpn")) as {
      route: string;
      paths: { targets: string[] }[];
    }[];
    const ofFrr = routes.filter(({ route }) => route.includes(`${FRR.address}:${VNI}`));
    expect(ofFrr).toMatchObject([
      {
        route: `5-${FRR.address}:${VNI}-0-198.51.100.0/24`,
        paths: [{ source: expect.stringMatching(/:frr$/), targets: [TARGETS[0]] }],
      },
    ]);
    expect(await otherRoutes()).toBe(3);
  });

  test("follows when a connected network comes and goes", async () => {
    stubAddress("add", LATER);
    await redHas(STUB_ROUTE, LATER_ROUTE);
    stubAddress("del", LATER);
    await redHas(STUB_ROUTE);
  });

  test("follows when an address is on a second host, and on that alone", async () => {
    publish("host2", 7);
    await inKernel({ "10.0.0.7": ["host1", "host2"], "10.0.0.8": ["host1"] });
    expect(routerMacs(`br${VNI}`)).toHaveLength(2);
    withdraw("host1", 7);
    await inKernel({ "10.0.0.7": ["host2"], "10.0.0.8": ["host1"] });
  });

  test("loses everything when the network gets another route target, and has it again from the new text", async () => {
    await world.log.configure(...configuration(TARGETS[1]));
    await inKernel({});
    await redHas();
    expect([routerMacs(`br${VNI}`), tunnelEnds(`vxlan${VNI}`)]).toEqual([[], []]);
    await frr.stop();
    await startFrr(TARGETS[1]);
    await inKernel({ "10.0.0.7": ["host2"], "10.0.0.8": ["host1"] });
    await redHas(STUB_ROUTE);
  });

  test("keeps nothing of routes that are withdrawn: no route, neighbour or tunnel", async () => {
    withdraw("host1", 8);
    await inKernel({ "10.0.0.7": ["host2"] });
    withdraw("host2", 7);
    await inKernel({});
    await vi.waitFor(() => {
      expect([routerMacs(`br${VNI}`), tunnelEnds(`vxlan${VNI}`)]).toEqual([[], []]);
    }, DEADLINE);
    expect(await otherRoutes()).toBe(1);
  });

  test("leaves nothing in routing instance red when it goes", async () => {
    await frr.stop();
    await redHas();
    await vi.waitFor(async () => expect(await otherRoutes()).toBe(0), DEADLINE);
    expect((await world.node.introspect("bgp-routes?family=e-vpn")) as unknown[]).toEqual([]);
    frr = new FrrGateway(join(world.folder, "frr"));
  });

  test("was sent nothing that tshark complains about", async () => {
    await world.node.stop();
    await world.capture.stop();
    const ours = `ip.src == ${OURS.address} && bgp`;
    expect(world.capture.complaints(ours), world.capture.print(ours)).toEqual([]);
  });
});
