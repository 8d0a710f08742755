import { ConfigNodeProcess, type Surroundings } from "@contrail/test-contract";
import { type Answer, eventually, PROJECT } from "./config-pair.ts";
import type { Servers } from "./server-commands.ts";

const REQUEST_MS = 60_000;
/** Characters of a node's log that a failure shows. */
const LOG_SHOWN = 2_000;

/** What introspect tells of a node while its store and bus answer. */
interface Status {
  readonly leading: boolean;
  readonly derivedPending: number;
  readonly unpublished: number;
}

/** One configuration node on the servers. */
export class LoneNode {
  readonly process: ConfigNodeProcess;

  constructor(servers: Servers, keyspace: string, name = "config1", surroundings?: Surroundings) {
    const store = ["--store", "cassandra", "--cassandra-contact-points", servers.cassandraContactPoints];
    const bus = ["--bus", "kafka", "--kafka-brokers", servers.kafkaBrokers];
    const flags = [...store, "--cassandra-keyspace", keyspace, ...bus, "--name", name];
    this.process = new ConfigNodeProcess(flags, surroundings);
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.process.port}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(REQUEST_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((reason: unknown) => {
      throw new Error(`${method} ${path}: ${this.#whyNot(reason)}`, { cause: reason });
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** Asks for a network of the default project under a uuid. */
  createNetwork(name: string, uuid: string): Promise<Answer> {
    const body = { "virtual-network": { fq_name: [...PROJECT, name], uuid } };
    return this.call("POST", "/virtual-networks", body);
  }

  /** The uuid that a network's name leads to; undefined: nobody has it. */
  async findNetwork(name: string): Promise<string | undefined> {
    const { status, text } = await this.call("POST", "/fqname-to-id", {
      type: "virtual-network",
      fq_name: [...PROJECT, name],
    });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`fqname-to-id of ${name}: ${status} ${text}`);
    return (JSON.parse(text) as { uuid: string }).uuid;
  }

  /** undefined: store or bus do not answer. */
  async status(): Promise<Status | undefined> {
    const answer = await fetch(`http://127.0.0.1:${this.process.introspectPort}/status`);
    const text = await answer.text();
    return answer.ok ? (JSON.parse(text) as Status) : undefined;
  }

  #whyNot(reason: unknown): string {
    const { message, cause } = reason instanceof Error ? reason : new Error(String(reason));
    const { isAlive, log } = this.process;
    const node = isAlive ? "the node runs" : `the node has ended:\n${log.slice(-LOG_SHOWN)}`;
    return `${message} (${cause instanceof Error ? cause.message : "no cause"}); ${node}`;
  }

  /** Resolves when everything is published and the transformer, which leads, has nothing more to write. */
  async settled(): Promise<void> {
    await eventually(
      async () => [await this.status(), await this.status()],
      (both) => both.every((one) => one?.unpublished === 0 && one.leading && one.derivedPending === 0),
    );
  }
}
