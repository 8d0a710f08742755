import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";
import { createMeter, systemClock } from "@contrail/runtime";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ActivePort, activePort } from "../core/active-port.ts";
import { inputs, machine, network, object, port } from "../core/agent-world.model.ts";
import { networkNames } from "../core/network-names.ts";
import { DnsForwarder, MAX_ASKED_OF_PORT } from "./dns-forwarder.ts";
import { createDnsServers } from "./dns-servers.ts";
import { GuestConnections, MAX_CONNECTIONS_OF_PORT } from "./guest-connections.ts";
import { LengthPrefixed } from "./length-prefixed.ts";

const DEADLINE = { timeout: 20_000, interval: 5 };

function annotated(pairs: Readonly<Record<string, string>>) {
  return { annotations: { key_value_pair: Object.entries(pairs).map(([key, value]) => ({ key, value })) } };
}

/** Network 0 with the machines web (10.0.0.3) and db (10.0.0.4); network 1 with a machine that is not theirs. */
function world() {
  const names: Readonly<Record<string, Record<string, string>>> = {
    vn0: { "cloudstack.network-domain": "Shop.Example", "cloudstack.dns": "" },
    vn1: { "cloudstack.network-domain": "other.example" },
  };
  const machines = ["web", "DB", "stranger"].flatMap((name, index) =>
    machine(index, index === 2 ? 1 : 0).map((each) =>
      each.type === "virtual-machine-interface"
        ? object(each.type, each.uuid, {
            ...each,
            properties: { ...each.properties, ...annotated({ "cloudstack.dns-name": name }) },
          })
        : each,
    ),
  );
  const networks = [...network(0), ...network(1)].map((each) =>
    each.type === "virtual-network"
      ? { ...each, properties: { ...each.properties, ...annotated(names[each.uuid] ?? {}) } }
      : each,
  );
  const { view } = inputs([...networks, ...machines], []);
  const active = activePort(view, port(0));
  if ("waitsFor" in active) throw new Error(active.waitsFor);
  return { view, active };
}

/** A server of the outside, by UDP and TCP on one port of 127.0.0.1, that answers as a test says. */
class Outside {
  readonly udp: UdpSocket = createSocket("udp4");
  readonly tcp: Server = createServer((socket) => this.#serve(socket));
  /** Ids and source ports of the questions that came. */
  readonly heard: { readonly id: number; readonly port: number; readonly bytes: Uint8Array }[] = [];
  /** Answers to a question; none: silence. */
  reply: (question: Uint8Array) => readonly Uint8Array[] = (question) => [withAddress(question, [192, 0, 2, 80])];
  port = 0;

  async open(): Promise<void> {
    this.tcp.listen(0, "127.0.0.1");
    await once(this.tcp, "listening");
    this.port = (this.tcp.address() as AddressInfo).port; // It listens on TCP.
    this.udp.bind(this.port, "127.0.0.1");
    await once(this.udp, "listening");
    this.udp.on("message", (bytes, { port }) => {
      for (const answer of this.#answers(bytes, port)) this.udp.send(answer, port, "127.0.0.1");
    });
  }

  close(): void {
    this.udp.close();
    this.tcp.close();
  }

  #serve(socket: Socket): void {
    const received = new LengthPrefixed();
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      for (const bytes of received.take(chunk))
        for (const answer of this.#answers(bytes, 0)) socket.write(LengthPrefixed.wrap(answer));
    });
  }

  #answers(bytes: Uint8Array, port: number): readonly Uint8Array[] {
    this.heard.push({ id: ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0), port, bytes });
    return this.reply(bytes);
  }
}

/** The answer to a question without OPT record: one address. */
function withAddress(question: Uint8Array, address: readonly number[], times = 1): Uint8Array {
  const plain = Uint8Array.from(question.subarray(0, questionBytes(question)));
  plain.set([0x81, 0x80, 0, 1, times >> 8, times & 255, 0, 0, 0, 0], 2);
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address];
  return Uint8Array.of(...plain, ...Array.from({ length: times }, () => record).flat());
}

function questionBytes(bytes: Uint8Array): number {
  return bytes.indexOf(0, 12) + 5;
}

let outside: Outside;
let servers: { readonly udp: UdpSocket; readonly tcp: Server };
let resolver: Resolver;
let port53: number;

beforeEach(async () => {
  outside = new Outside();
  await outside.open();
  const { view, active } = world();
  const guests = new Map<string, ActivePort>([["127.0.0.1", active]]);
  const connections = new GuestConnections((address) => guests.get(address), createMeter().counter("refused", "x"));
  servers = createDnsServers({
    connections,
    forwarder: new DnsForwarder(systemClock, outside.port),
    clock: systemClock,
    namesOf: ({ network: each }) => networkNames(view, each),
    resolvers: () => ["127.0.0.1"],
    ownAddresses: () => new Set<string>(),
  });
  servers.tcp.listen(0, "127.0.0.1");
  await once(servers.tcp, "listening");
  port53 = (servers.tcp.address() as AddressInfo).port; // It listens on TCP.
  servers.udp.bind(port53, "127.0.0.1");
  await once(servers.udp, "listening");
  resolver = new Resolver({ timeout: 5_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port53}`]);
});

afterEach(() => {
  resolver.cancel();
  servers.udp.close();
  servers.tcp.close();
  outside.close();
});

describe("a machine resolves", () => {
  test("the machines of its network, short and whole, in any case of letters", async () => {
    expect(await resolver.resolve4("web.shop.example")).toEqual(["10.0.0.3"]);
    expect(await resolver.resolve4("DB.Shop.example")).toEqual(["10.0.0.4"]);
    expect(await resolver.resolve4("web")).toEqual(["10.0.0.3"]);
    expect(outside.heard).toEqual([]);
  });

  test("addresses of its network", async () => {
    expect(await resolver.reverse("10.0.0.4")).toEqual(["db.shop.example"]);
    expect(outside.heard).toEqual([]);
  });

  test("data-server, where its metadata is", async () => {
    expect(await resolver.resolve4("data-server")).toEqual(["10.0.0.1"]);
    expect(await resolver.resolve4("data-server.shop.example")).toEqual(["10.0.0.1"]);
  });

  test("names of the outside, asked anew each time from another port with another id", async () => {
    for (let time = 0; time < 8; time++) expect(await resolver.resolve4("www.example.org")).toEqual(["192.0.2.80"]);
    expect(new Set(outside.heard.map(({ port }) => port)).size).toBeGreaterThan(4);
    expect(new Set(outside.heard.map(({ id }) => id)).size).toBeGreaterThan(4);
  });

  test("what does not fit a datagram by TCP", async () => {
    outside.reply = (question) => [withAddress(question, [192, 0, 2, 80], 200)];
    expect(await resolver.resolve4("www.example.org")).toHaveLength(200);
  });
});

describe("a machine does not resolve", () => {
  test.each(["nobody.shop.example", "nobody", "stranger", "db.web"])("%s", async (name) => {
    outside.reply = () => [];
    if (name === "db.web") outside.reply = (question) => [errorOf(question, 3)];
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code: "ENOTFOUND" });
    expect(outside.heard).toHaveLength(name === "db.web" ? 1 : 0);
  });

  test("an address inside of no machine, and private ones elsewhere: nobody outside is asked", async () => {
    for (const address of ["10.0.0.9", "10.1.0.5", "192.168.1.1"])
      await expect(resolver.reverse(address)).rejects.toMatchObject({ code: "ENOTFOUND" });
    expect(outside.heard).toEqual([]);
  });

  test("an IPv6 address of a machine that has none: the name is there", async () => {
    await expect(resolver.resolve6("web.shop.example")).rejects.toMatchObject({ code: "ENODATA" });
  });

  test("what no server of the outside answers", async () => {
    outside.reply = () => [];
    await expect(resolver.resolve4("www.example.org")).rejects.toMatchObject({ code: "ESERVFAIL" });
  });
});

function errorOf(question: Uint8Array, code: number): Uint8Array {
  const plain = Uint8Array.from(question.subarray(0, questionBytes(question)));
  plain.set([0x81, 0x80 | code, 0, 1, 0, 0, 0, 0, 0, 0], 2);
  return plain;
}

test("an answer with another id, or to another question, does not count", async () => {
  outside.reply = (question) => {
    const forged = withAddress(question, [6, 6, 6, 6]);
    const otherId = forged.slice();
    otherId[1] = (otherId[1] ?? 0) ^ 1;
    const otherName = forged.slice();
    otherName[13] = (otherName[13] ?? 0) ^ 1;
    return [otherId, otherName, question, withAddress(question, [192, 0, 2, 80])];
  };
  expect(await resolver.resolve4("www.example.org")).toEqual(["192.0.2.80"]);
});

test("an answer from another socket does not count", async () => {
  const forger = createSocket("udp4");
  outside.reply = (question) => {
    const last = outside.heard.at(-1);
    forger.send(withAddress(question, [6, 6, 6, 6]), last?.port ?? 0, "127.0.0.1");
    return last?.port === 0 ? [] : [withAddress(question, [192, 0, 2, 80])];
  };
  expect(await resolver.resolve4("www.example.org")).toEqual(["192.0.2.80"]);
  forger.close();
});

test("an interface asks so many questions outside at a time, and more are answered with a failure at once", async () => {
  outside.reply = () => [];
  const asked = Array.from({ length: MAX_ASKED_OF_PORT + 8 }, (_, index) => resolver.resolve4(`n${index}.example.org`));
  const settled = Promise.allSettled(asked);
  await vi.waitFor(() => expect(outside.heard).toHaveLength(MAX_ASKED_OF_PORT), DEADLINE);
  expect(await resolver.resolve4("web")).toEqual(["10.0.0.3"]);
  await settled;
  expect(outside.heard).toHaveLength(MAX_ASKED_OF_PORT);
  outside.reply = (question) => [withAddress(question, [192, 0, 2, 80])];
  expect(await resolver.resolve4("again.example.org")).toEqual(["192.0.2.80"]);
});

test("a machine's answer is no longer than it has asked for", async () => {
  outside.reply = (question) => [withAddress(question, [192, 0, 2, 80], 60)];
  const client = createSocket("udp4");
  const query = Buffer.from("00010100000100000000000003777777076578616d706c650000010001", "hex");
  client.send(query, port53, "127.0.0.1");
  const [answer] = (await once(client, "message", { signal: AbortSignal.timeout(20_000) })) as [Buffer]; // The first argument.
  expect(answer.length).toBeLessThanOrEqual(query.length);
  expect((answer[2] ?? 0) & 2).toBe(2);
  client.close();
});

describe("by TCP", () => {
  const question = (name: string): Uint8Array =>
    Uint8Array.of(...[0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.length], ...Buffer.from(name), ...[0, 0, 1, 0, 1]);

  function connect(): Socket {
    const socket = createConnection({ host: "127.0.0.1", port: port53 });
    socket.on("error", () => undefined);
    return socket;
  }

  test("several questions in one connection are answered one after the other, cut anywhere", async () => {
    const socket = connect();
    const received = new LengthPrefixed();
    let count = 0;
    socket.on("data", (chunk) => {
      count += received.take(chunk).length;
    });
    const bytes = Uint8Array.of(...["web", "db", "nobody"].flatMap((name) => [...LengthPrefixed.wrap(question(name))]));
    for (const octet of bytes) socket.write(Uint8Array.of(octet));
    await vi.waitFor(() => expect(count).toBe(3), DEADLINE);
    socket.destroy();
  });

  test.each([
    ["a message that is no query", LengthPrefixed.wrap(Uint8Array.of(1, 2, 3))],
    ["a message that is announced too long", Uint8Array.of(0xff, 0xff, 1)],
  ])("%s ends the connection", async (_what, bytes) => {
    const socket = connect();
    socket.write(bytes);
    await new Promise((resolve) => socket.on("close", resolve));
    expect(await resolver.resolve4("web")).toEqual(["10.0.0.3"]);
  });

  test("an interface has so many connections and not more", async () => {
    const held = Array.from({ length: MAX_CONNECTIONS_OF_PORT }, connect);
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.on("connect", resolve))));
    await new Promise((resolve) => connect().on("close", resolve));
    for (const socket of held) socket.destroy();
  });
});
