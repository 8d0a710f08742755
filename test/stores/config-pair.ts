import { createServer } from "node:net";
import { ConfigNodeProcess } from "@contrail/test-contract";
import type { Servers } from "./server-commands.ts";

/** What introspect tells of a node. */
export interface NodeStatus {
  readonly leading: boolean;
  /** That of the lease that the node had last. */
  readonly epoch?: string;
  readonly derivedPending: number;
  readonly unpublished: number;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Name of the project that every cloud has. */
export const PROJECT = ["default-domain", "default-project"] as const;
const DEADLINE_MS = 120_000;
const REQUEST_MS = 60_000;
/** Between two questions: the machine is needed by those who are asked. */
const POLL_MS = 25;

/** Two configuration nodes, each a process, on one keyspace and one bus; a client's calls go to either. */
export class ConfigPair {
  readonly nodes: readonly [ConfigNodeProcess, ConfigNodeProcess];

  private constructor(nodes: readonly [ConfigNodeProcess, ConfigNodeProcess]) {
    this.nodes = nodes;
  }

  /** Both are started at once: the keyspace and what every cloud has are made by whoever comes first. */
  static async start(
    servers: Servers,
    keyspace: string,
    names: readonly [string, string] = ["config1", "config2"],
  ): Promise<ConfigPair> {
    const store = ["--store", "cassandra", "--cassandra-contact-points", servers.cassandraContactPoints];
    const flags = [
      ...store,
      "--cassandra-keyspace",
      keyspace,
      "--bus",
      "kafka",
      "--kafka-brokers",
      servers.kafkaBrokers,
    ];
    const make = async (name: string) =>
      new ConfigNodeProcess([...flags, "--name", name, "--rest-listen", `127.0.0.1:${await freePort()}`]);
    const pair = new ConfigPair([await make(names[0]), await make(names[1])]);
    await Promise.all(pair.nodes.map((node) => node.run()));
    return pair;
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  node(index: number): ConfigNodeProcess {
    return this.nodes[index % 2 === 0 ? 0 : 1];
  }

  /** One request to one node. */
  async call(
    index: number,
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const signal = AbortSignal.timeout(REQUEST_MS);
    const headers = { "content-type": "application/json", ...more };
    const response = await fetch(`http://127.0.0.1:${this.node(index).port}${path}`, {
      method,
      headers,
      signal,
      ...init,
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /**
   * The body of a 200; throws with the server's text otherwise. An answer that the node itself calls stale proves nothing,
   * on a machine that is slower than a reader waits: it is asked for again.
   */
  async json<T>(index: number, method: string, path: string, body?: unknown): Promise<T> {
    const isCurrent = ({ headers }: Answer): boolean => !headers.has("warning");
    const { status, text } = await eventually(() => this.call(index, method, path, body), isCurrent);
    if (status !== 200) throw new Error(`${method} ${path} at node ${index % 2}: ${status} ${text}`);
    return (text === "" ? {} : JSON.parse(text)) as T; // Each caller names the body of its route.
  }

  /** Makes an object and gives its uuid. */
  async create(index: number, type: string, fqName: readonly string[], more: object = {}): Promise<string> {
    const body = { [type]: { fq_name: fqName, ...more } };
    const made = await this.json<Record<string, { uuid: string }>>(index, "POST", `/${type}s`, body);
    return made[type]?.uuid ?? "";
  }

  read(index: number, type: string, uuid: string): Promise<Record<string, unknown>> {
    return this.json<Record<string, Record<string, unknown>>>(index, "GET", `/${type}/${uuid}`).then(
      (body) => body[type] ?? {},
    );
  }

  /** Uuids of all objects of a type. */
  async list(index: number, type: string): Promise<readonly string[]> {
    const body = await this.json<Record<string, { uuid: string }[]>>(index, "GET", `/${type}s`);
    return (body[`${type}s`] ?? []).map(({ uuid }) => uuid);
  }

  async status(index: number): Promise<NodeStatus> {
    return (await (await fetch(`http://127.0.0.1:${this.node(index).introspectPort}/status`)).json()) as NodeStatus;
  }

  /** Asks a node for its status until a condition holds. */
  async until(index: number, holds: (status: NodeStatus) => boolean): Promise<NodeStatus> {
    return eventually(() => this.status(index), holds);
  }
}

/** Asks until a condition holds, or fails with what was said last. */
export async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** A port of 127.0.0.1 that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
