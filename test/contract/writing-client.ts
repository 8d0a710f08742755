import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";

/** What the client knows of one object: the state that was acknowledged, and one that may have been written since. */
interface Known {
  readonly type: "virtual-network" | "instance-ip" | "project";
  readonly fqName: readonly string[];
  /** undefined: it does not exist. */
  acknowledged: string | undefined;
  /** A write without an answer: what it would have left; absent where there was none. */
  maybe?: { readonly state: string | undefined };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface ClientCounts {
  acknowledged: number;
  refused: number;
  unanswered: number;
}

/**
 * A client that creates, changes and removes objects of its own, one call at a time, and remembers what it was told.
 * A state is the display_name, which every change sets anew.
 */
export class WritingClient {
  readonly counts: ClientCounts = { acknowledged: 0, refused: 0, unanswered: 0 };
  readonly #name: string;
  readonly #random: () => number;
  readonly #known = new Map<string, Known>();
  readonly #network: string;
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #port = 0;
  #serial = 0;

  /** network: a network with a subnet, in which the client asks for addresses. */
  constructor(name: string, random: () => number, network: string) {
    this.#name = name;
    this.#random = random;
    this.#network = network;
  }

  /** UUIDs of the objects of a type that were acknowledged and not removed. */
  existing(type: Known["type"]): string[] {
    return [...this.#known].flatMap(([uuid, known]) =>
      known.type === type && known.acknowledged !== undefined ? [uuid] : [],
    );
  }

  /** Writes until a call stays without an answer: the node is gone. sent: called before each call. */
  async writeUntilGone(port: number, sent: () => void): Promise<void> {
    this.#port = port;
    for (;;) {
      sent();
      if (!(await this.#writeOne())) break;
    }
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
  }

  /** Compares every object with what was acknowledged, and learns what became of the calls without an answer. */
  async verify(port: number): Promise<string[]> {
    this.#port = port;
    const problems: string[] = [];
    for (const [uuid, known] of this.#known) {
      const answer = await this.#call("GET", `/${known.type}/${uuid}`);
      const name = await this.#call("POST", "/fqname-to-id", { type: known.type, fq_name: known.fqName });
      const found = answer.status === 200 ? stateOf(answer.text, known.type) : undefined;
      const wanted = [known.acknowledged, ...(known.maybe === undefined ? [] : [known.maybe.state])];
      if (!wanted.includes(found)) problems.push(`${known.type} ${uuid} is ${found}, wanted ${wanted.join(" or ")}`);
      if ((name.status === 200) !== (answer.status === 200)) problems.push(`${known.type} ${uuid}: half a name`);
      if (answer.status === 200) problems.push(...halves(answer.text, known.type));
      known.acknowledged = found;
      delete known.maybe;
      if (found === undefined) this.#known.delete(uuid);
    }
    return problems;
  }

  async #writeOne(): Promise<boolean> {
    const uuids = [...this.#known.keys()];
    const uuid = uuids[Math.floor(this.#random() * uuids.length)];
    const dice = this.#random();
    if (uuid === undefined || dice < 0.45) return this.#create();
    const known = this.#known.get(uuid);
    if (known === undefined) return true;
    if (dice < 0.8) {
      const state = this.#nextState();
      return this.#write(uuid, state, "PUT", `/${known.type}/${uuid}`, { [known.type]: { display_name: state } });
    }
    return this.#write(uuid, undefined, "DELETE", `/${known.type}/${uuid}`);
  }

  async #create(): Promise<boolean> {
    const state = this.#nextState();
    const dice = this.#random();
    const type = dice < 0.4 ? "virtual-network" : dice < 0.8 ? "instance-ip" : "project";
    const parent = { "virtual-network": ["default-domain", "default-project"], project: ["default-domain"] };
    const fqName = [...(type === "instance-ip" ? [] : parent[type]), state];
    const uuid = randomUUID();
    this.#known.set(uuid, { type, fqName, acknowledged: undefined });
    const more = type === "instance-ip" ? { virtual_network_refs: [{ uuid: this.#network }] } : {};
    return this.#write(uuid, state, "POST", `/${type}s`, { [type]: { fq_name: fqName, uuid, ...more } });
  }

  /** One write; false where no answer came. */
  async #write(
    uuid: string,
    state: string | undefined,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<boolean> {
    const known = this.#known.get(uuid);
    if (known === undefined) return true;
    try {
      const { status } = await this.#call(method, path, body);
      if (status === 200) {
        this.counts.acknowledged++;
        known.acknowledged = state;
      } else this.counts.refused++;
      if (known.acknowledged === undefined) this.#known.delete(uuid);
      return true;
    } catch {
      this.counts.unanswered++;
      known.maybe = { state };
      return false;
    }
  }

  #nextState(): string {
    return `${this.#name}-${this.#serial++}`;
  }

  #call(method: string, path: string, body?: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.#port, method, path, agent: this.#agent };
      const call = request(options, (response) => {
        response
          .toArray()
          .then(
            (parts) => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
            reject,
          );
      });
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function stateOf(text: string, type: string): string {
  return String((JSON.parse(text) as Record<string, { display_name?: string }>)[type]?.display_name);
}

/** What a whole object must have. */
function halves(text: string, type: string): string[] {
  const object = (JSON.parse(text) as Record<string, Record<string, unknown>>)[type] ?? {};
  const needed = {
    "virtual-network": ["virtual_network_network_id", "id_perms", "perms2"],
    "instance-ip": ["instance_ip_address", "subnet_uuid", "virtual_network_refs"],
    project: ["security_groups"],
  }[type];
  return (needed ?? []).filter((key) => object[key] === undefined).map((key) => `${type} without ${key}: ${text}`);
}
