import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** How large the cloud is. */
export interface CloudSize {
  readonly networks: number;
  readonly machines: number;
}

const ACCOUNTS = 100;
const DOMAIN = idOf("d", 0);

/** A server that answers the lists of a large cloud, a page at a time, in the form of recorded answers. It checks no signature. */
export class StandInCloud {
  readonly #size: CloudSize;
  readonly #server: Server;
  /** Requests so far. */
  requests = 0;

  constructor(size: CloudSize) {
    this.#size = size;
    this.#server = createServer((request, response) => {
      this.requests++;
      const query = new URL(request.url ?? "/", "http://any").searchParams;
      const command = query.get("command") ?? "";
      response.writeHead(200, { "content-type": "application/json;charset=utf-8" });
      response.end(JSON.stringify({ [`${command.toLowerCase()}response`]: this.#answer(command, query) }));
    });
  }

  /** Resolves with the URL of the API. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/client/api`; // It listens on TCP.
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(command: string, query: URLSearchParams): object {
    const projects = query.get("projectid") === "-1";
    switch (command) {
      case "listUsers":
        return { count: 1, user: [{ id: idOf("u", 0), accounttype: 1 }] };
      case "listDomains":
        return { count: 1, domain: [{ id: DOMAIN, name: "ROOT", path: "ROOT", level: 0 }] };
      case "listAccounts":
        return accounts(query.get("name"));
      case "listNetworks":
        return projects ? {} : this.#networks(query);
      case "listVirtualMachines":
        return projects ? {} : this.#machines(query);
      default:
        return {};
    }
  }

  #networks(query: URLSearchParams): object {
    const id = query.get("id");
    if (id !== null) return { count: 1, network: [network(indexOf(id))] };
    return page(query, "network", this.#size.networks, network);
  }

  #machines(query: URLSearchParams): object {
    const { networks, machines } = this.#size;
    const of = query.get("networkid");
    if (of === null) return page(query, "virtualmachine", machines, (index) => machine(index, networks));
    const first = indexOf(of);
    const inside = Array.from({ length: Math.ceil((machines - first) / networks) }, (_, n) => first + n * networks);
    return { count: inside.length, virtualmachine: inside.map((index) => machine(index, networks)) };
  }
}

function accounts(name: string | null): object {
  const all = Array.from({ length: ACCOUNTS }, (_, index) => ({
    id: idOf("a", index),
    name: accountName(index),
    accounttype: 0,
    domainid: DOMAIN,
    domain: "ROOT",
    domainpath: "ROOT",
  }));
  const found = all.filter((account) => name === null || account.name === name);
  return { count: found.length, account: found };
}

function accountName(index: number): string {
  return `tenant-${index}`;
}

function network(index: number): object {
  return {
    id: idOf("n", index),
    name: `network-${index}`,
    displaytext: `network ${index}`,
    broadcastdomaintype: "Lswitch",
    traffictype: "Guest",
    gateway: "10.1.0.1",
    netmask: "255.255.0.0",
    cidr: "10.1.0.0/16",
    state: "Implemented",
    broadcasturi: `lswitch:cs-net-${index + 1}`,
    dns1: "192.0.2.53",
    type: "Isolated",
    account: accountName(index % ACCOUNTS),
    domainid: DOMAIN,
    domain: "ROOT",
    domainpath: "ROOT",
    networkdomain: "cs.example",
    service: ["Dhcp", "Dns", "UserData"].map((name) => ({
      name,
      provider: [{ name: "opencontrail" }],
      capability: [],
    })),
  };
}

function machine(index: number, networks: number): object {
  const home = index % networks;
  const host = Math.floor(index / networks) + 2;
  const mac = (index + 1)
    .toString(16)
    .padStart(8, "0")
    .replace(/(..)(?=.)/g, "$1:");
  return {
    id: idOf("m", index),
    name: `machine-${index}`,
    displayname: `machine-${index}`,
    account: accountName(home % ACCOUNTS),
    domainid: DOMAIN,
    state: "Running",
    nic: [
      {
        id: idOf("i", index),
        networkid: idOf("n", home),
        ipaddress: `10.1.${host >> 8}.${host & 255}`,
        netmask: "255.255.0.0",
        gateway: "10.1.0.1",
        macaddress: `02:00:${mac}`,
        isdefault: true,
        secondaryip: [],
        deviceid: "0",
      },
    ],
  };
}

function page(query: URLSearchParams, key: string, count: number, item: (index: number) => object): object {
  const size = Number(query.get("pagesize") ?? 500);
  const from = (Number(query.get("page") ?? 1) - 1) * size;
  const length = Math.max(0, Math.min(size, count - from));
  return { count, ...(length === 0 ? {} : { [key]: Array.from({ length }, (_, index) => item(from + index)) }) };
}

/** A uuid that tells its kind and index. */
function idOf(kind: string, index: number): string {
  const letter = kind.charCodeAt(0).toString(16).padStart(8, "0");
  return `${letter}-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
}

function indexOf(id: string): number {
  return Number.parseInt(id.slice(-12), 16);
}
