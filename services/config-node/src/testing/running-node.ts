import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JsonObject, type JsonValue, parseJson } from "@contrail/schema";
import { afterAll, beforeAll, expect } from "vitest";
import { SETTINGS } from "../config.ts";
import { type ConfigNode, startConfigNode } from "../start.ts";

/** Name of the project that every node has. */
export const PROJECT = ["default-domain", "default-project"] as const;

const SETTLE_DEADLINE_MS = 10_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

interface NodeStatus {
  readonly unpublished: number;
  readonly leading: boolean;
  readonly derivedPending: number;
  readonly log: string;
}

/** A whole node in this process, with its own data directory and a free port; tests talk to it over HTTP. */
export class RunningNode {
  readonly #directory = mkdtempSync(join(tmpdir(), "contrail-rest-"));
  readonly #more: Readonly<Record<string, string>>;
  #node: ConfigNode | undefined;
  /** "http://127.0.0.1:port". */
  base = "";
  #introspect = "";

  /** more: settings beside those of directory and listeners. */
  constructor(more: Readonly<Record<string, string>> = {}) {
    this.#more = more;
  }

  /** File of the store. */
  get database(): string {
    return join(this.#directory, "objects.db");
  }

  /** File of the embedded log. */
  get log(): string {
    return join(this.#directory, "log.db");
  }

  /** Folder of the audit log. */
  get auditDirectory(): string {
    return join(this.#directory, "audit");
  }

  /** Path of the unix socket that serves the same API. */
  get socket(): string {
    return join(this.#directory, "rest.sock");
  }

  async start(): Promise<void> {
    const settings = SETTINGS.parse({
      dataDir: this.#directory,
      restListen: "127.0.0.1:0",
      restSocket: this.socket,
      introspectListen: "127.0.0.1:0",
      logLevel: "silent",
      ...this.#more,
    });
    this.#node = await startConfigNode(settings, new AbortController().signal);
    this.base = `http://${this.#node.rest.endpoints[0]}`;
    this.#introspect = `http://${this.#node.introspect.endpoints[0]}`;
  }

  /** between: done while the node is down. */
  async restart(between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.#node?.stop();
    this.#node = undefined;
    await between();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#node?.stop();
    rmSync(this.#directory, { recursive: true });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method, headers, ...(body === undefined ? {} : { body: text }) };
    const response = await fetch(this.base + path, init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** The object in a 200's body; fails with the server's text otherwise. */
  async json(method: string, path: string, body?: unknown): Promise<JsonObject> {
    const { status, text } = await this.call(method, path, body);
    expect(status, `${method} ${path}: ${text}`).toBe(200);
    return parseJson(text) as JsonObject; // Answers of the API are objects.
  }

  /** Creates an object and gives its uuid. */
  async create(type: string, fqName: readonly string[], more: object = {}): Promise<string> {
    const answer = await this.json("POST", `/${type}s`, { [type]: { fq_name: fqName, ...more } });
    return String((answer[type] as JsonObject).uuid);
  }

  async read(type: string, uuid: string, query = ""): Promise<JsonObject> {
    return (await this.json("GET", `/${type}/${uuid}${query}`))[type] as JsonObject;
  }

  async update(type: string, uuid: string, change: object): Promise<Answer> {
    return this.call("PUT", `/${type}/${uuid}`, { [type]: change });
  }

  async remove(type: string, uuid: string): Promise<Answer> {
    return this.call("DELETE", `/${type}/${uuid}`);
  }

  /** A network with one subnet of the default ipam. */
  async createNetwork(name: string, prefix: string, more: JsonObject = {}): Promise<string> {
    const [ip_prefix, length] = prefix.split("/");
    const subnet = { subnet: { ip_prefix, ip_prefix_len: Number(length) }, ...more };
    const network_ipam_refs = [{ to: [...PROJECT, "default-network-ipam"], attr: { ipam_subnets: [subnet] } }];
    return this.create("virtual-network", [...PROJECT, name], { network_ipam_refs });
  }

  /** What introspect says of the node. */
  async status(): Promise<JsonObject> {
    return parseJson(await (await fetch(`${this.#introspect}/status`)).text()) as JsonObject; // A status is an object.
  }

  /** The offset after the last record on the bus, once everything written is on it and the transformer rests. */
  async busEnd(): Promise<bigint> {
    const deadline = Date.now() + SETTLE_DEADLINE_MS;
    for (let before = ""; Date.now() < deadline; ) {
      const shown = await (await fetch(`${this.#introspect}/status`)).text();
      const { unpublished, leading, derivedPending, log } = JSON.parse(shown) as NodeStatus;
      if (unpublished === 0 && leading && derivedPending === 0 && shown === before) return BigInt(log);
      before = shown;
    }
    throw new Error("the node did not come to rest");
  }

  /** Asks until a condition holds. */
  async eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
    const deadline = Date.now() + SETTLE_DEADLINE_MS;
    for (;;) {
      const value = await ask();
      if (holds(value)) return value;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)}`);
    }
  }
}

/** A node that lives as long as the tests of a file. */
export function useNode(more: Readonly<Record<string, string>> = {}): RunningNode {
  const node = new RunningNode(more);
  beforeAll(() => node.start());
  afterAll(() => node.stop());
  return node;
}

/** The texts of a JSON list of texts. */
export function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
