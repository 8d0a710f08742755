import type { ConfigObject } from "@contrail/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ActivePort } from "./active-port.ts";
import { activeMachine } from "./agent-world.model.ts";
import { address, clientMessage, optionsOf } from "./dhcp-frames.model.ts";
import { DHCP_OPTION, DHCP_TYPE, readDhcpRequest } from "./dhcp-message.ts";
import { answerDhcp } from "./dhcp-server.ts";

const OWN = 0x0a000003;
const GATEWAY = 0x0a000001;

function ask(message: Uint8Array, port: ActivePort = activeMachine()) {
  const request = readDhcpRequest(message);
  if (request === undefined) throw new Error("not read");
  const answer = answerDhcp(request, port, 1_450);
  if (answer === undefined) return undefined;
  const options = optionsOf(answer);
  const yours = new DataView(answer.buffer).getUint32(16);
  return { answer, options, yours, type: options.get(53)?.[0] };
}

function withSubnet(change: Record<string, unknown>): ActivePort {
  const port = activeMachine();
  const { subnet } = port;
  if (subnet === undefined) throw new Error("no subnet");
  const json = { ...subnet.json, ...change } as typeof subnet.json; // Names and values are those of the model.
  return { ...port, subnet: { ...subnet, json, dhcp: json.enable_dhcp !== false } };
}

describe("a client gets", () => {
  test("its interface's address, whatever it asks for in a DISCOVER, with mask, router, name server, name, MTU and lease", () => {
    const offer = ask(clientMessage(DHCP_TYPE.discover, [[DHCP_OPTION.requestedAddress, address(0x01020304)]]));
    expect([offer?.type, offer?.yours]).toEqual([DHCP_TYPE.offer, OWN]);
    expect(Object.fromEntries(offer?.options ?? [])).toEqual({
      1: [255, 255, 255, 0],
      3: address(GATEWAY),
      6: address(0x0a000002),
      12: [..."machine0"].map((letter) => letter.charCodeAt(0)),
      26: [1_450 >> 8, 1_450 & 255],
      51: [255, 255, 255, 255],
      53: [2],
      54: address(GATEWAY),
    });
  });

  test("the octets that tshark reads without a complaint", () => {
    expect(Buffer.from(ask(clientMessage(DHCP_TYPE.discover))?.answer ?? []).toString("hex")).toBe(GOLDEN_OFFER);
  });

  test("ACK for its own address, NAK for another one", () => {
    const request = (wanted: number) =>
      ask(clientMessage(DHCP_TYPE.request, [[DHCP_OPTION.requestedAddress, address(wanted)]]));
    expect(request(OWN)).toMatchObject({ type: DHCP_TYPE.ack, yours: OWN });
    expect(request(OWN + 1)).toMatchObject({ type: DHCP_TYPE.nak, yours: 0 });
    expect(request(OWN + 1)?.options.has(DHCP_OPTION.router)).toBe(false);
  });

  test("options without a lease on INFORM", () => {
    const informed = ask(clientMessage(DHCP_TYPE.inform));
    expect([informed?.type, informed?.yours, informed?.options.has(51)]).toEqual([DHCP_TYPE.ack, 0, false]);
  });

  test("routes of the subnet and the default one, also more than fit one option", () => {
    const route = Array.from({ length: 40 }, (_, index) => ({ prefix: `10.77.${index}.0/24`, next_hop: "10.0.0.9" }));
    const offer = ask(clientMessage(DHCP_TYPE.discover), withSubnet({ host_routes: { route } }));
    const octets = offer?.options.get(DHCP_OPTION.classlessRoutes) ?? [];
    expect(octets).toHaveLength(40 * 8 + 5);
    expect(octets.slice(0, 8)).toEqual([24, 10, 77, 0, 10, 0, 0, 9]);
    expect(octets.slice(-5)).toEqual([0, ...address(GATEWAY)]);
  });

  test("routes that can be read, where the configuration has others beside them", () => {
    const route = [
      null,
      7,
      { prefix: "nonsense", next_hop: "10.0.0.9" },
      { prefix: "10.9.0.0/16", next_hop: "10.0.0.9" },
    ];
    const offer = ask(clientMessage(DHCP_TYPE.discover), withSubnet({ host_routes: { route } }));
    expect(offer?.options.get(DHCP_OPTION.classlessRoutes)).toEqual([16, 10, 9, 10, 0, 0, 9, 0, ...address(GATEWAY)]);
  });
});

describe("a machine of CloudStack gets", () => {
  const letters = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));
  const annotated = (object: ConfigObject, pairs: Readonly<Record<string, string>>): ConfigObject => {
    const key_value_pair = Object.entries(pairs).map(([key, value]) => ({ key, value }));
    return { ...object, properties: { ...object.properties, annotations: { key_value_pair } } };
  };
  const guest = (isDefault: string, domain: string, port = activeMachine()): ActivePort => ({
    ...port,
    interface: annotated(port.interface, { "cloudstack.dns-name": "web", "cloudstack.default-nic": isDefault }),
    network: annotated(port.network, { "cloudstack.network-domain": domain }),
  });

  test("its name and the network's domain", () => {
    const offer = ask(clientMessage(DHCP_TYPE.discover), guest("true", "Shop.Example"));
    expect(offer?.options.get(DHCP_OPTION.hostName)).toEqual(letters("web"));
    expect(offer?.options.get(DHCP_OPTION.domainName)).toEqual(letters("shop.example"));
    expect(offer?.options.get(DHCP_OPTION.router)).toEqual(address(GATEWAY));
  });

  test("no domain where the annotation is no name", () => {
    for (const domain of ["", "a b", "x;reboot", "-a.example", "a..b", `${"a".repeat(64)}.example`, "a.\u00e4.example"])
      expect(ask(clientMessage(DHCP_TYPE.discover), guest("true", domain))?.options.has(15)).toBe(false);
  });

  test("neither router nor name server nor domain by an interface that is not its default one, but its routes", () => {
    const route = [{ prefix: "10.9.0.0/16", next_hop: "10.0.0.9" }];
    const second = guest("false", "shop.example", withSubnet({ host_routes: { route } }));
    const offer = ask(clientMessage(DHCP_TYPE.discover), second);
    expect([...(offer?.options.keys() ?? [])].sort((a, b) => a - b)).toEqual([1, 12, 26, 51, 53, 54, 121]);
    expect(offer?.options.get(DHCP_OPTION.classlessRoutes)).toEqual([16, 10, 9, 10, 0, 0, 9]);
  });

  test("the gateway as name server where the subnet has no address for it", () => {
    const port = guest("true", "");
    const { subnet } = port;
    const offer = ask(clientMessage(DHCP_TYPE.discover), {
      ...port,
      subnet: subnet && { ...subnet, dnsServer: undefined },
    });
    expect(offer?.options.get(DHCP_OPTION.dnsServers)).toEqual(address(GATEWAY));
  });
});

describe("a client gets silence", () => {
  test.each(["release", "decline", "offer", "ack", "nak"] as const)("on %s", (type) => {
    expect(ask(clientMessage(DHCP_TYPE[type]))).toBeUndefined();
  });

  test("where it talks to another server, and where the subnet has no DHCP", () => {
    const elsewhere: [number, readonly number[]][] = [
      [DHCP_OPTION.serverId, address(0x01010101)],
      [DHCP_OPTION.requestedAddress, address(OWN)],
    ];
    expect(ask(clientMessage(DHCP_TYPE.request, elsewhere))).toBeUndefined();
    expect(ask(clientMessage(DHCP_TYPE.discover), withSubnet({ enable_dhcp: false }))).toBeUndefined();
  });
});

describe("octets", () => {
  const whole = clientMessage(DHCP_TYPE.request, [[DHCP_OPTION.requestedAddress, address(OWN)]]);

  test("cut anywhere are not read, or read without what was cut off", () => {
    for (let length = 0; length < whole.length; length++) {
      const request = readDhcpRequest(whole.subarray(0, length));
      if (length < 240) expect(request).toBeUndefined();
      else expect(request?.requestedAddress ?? OWN).toBe(OWN);
    }
  });

  test("of any kind never throw, mutated or made up, and every answer is a whole message", () => {
    const mutated = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }).map((changes) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
    const port = activeMachine();
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 600 })), (bytes) => {
        const request = readDhcpRequest(bytes);
        const answer = request && answerDhcp(request, port, 1_450);
        if (answer !== undefined)
          expect([answer.length >= 300, answer[0], optionsOf(answer).get(54)]).toEqual([true, 2, address(GATEWAY)]);
      }),
      { numRuns: 5_000 },
    );
  });
});

/** Read by tshark 4.0 with no complaint: yiaddr 10.0.0.3, options 53, 54, 1, 3, 6, 12, 26, 51. */
const GOLDEN_OFFER = [
  "02010600deadbeef00000000000000000a0000030a00000100000000020000000000",
  "00".repeat(202),
  "6382536335010236040a0000010104ffffff0003040a00000106040a0000020c086d616368696e65301a0205aa3304ffffffffff",
  "00".repeat(12),
].join("");
