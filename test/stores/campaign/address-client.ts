import { eventually, type SeededRandom } from "@contrail/testkit/embedded";
import type { ConfigPair } from "../config-pair.ts";
import type { HistoryLog } from "./history-log.ts";
import { isStale, type RecordedCall, recordedCall } from "./recorded-call.ts";

/** Addresses that one client holds at a time: few, so that they go round. */
const MOST = 3;
/** How long the store may be without a quorum. */
const KNOWN_MS = 240_000;

/** An address that a client holds; object: uuid of the instance-ip, or undefined for one of ip-alloc. */
interface Held {
  readonly holder: string;
  readonly address: string;
  readonly object: string | undefined;
}

/** Takes addresses of a network, by objects and by ip-alloc, looks at them and gives them back, at either node. */
export class AddressClient {
  readonly #id: string;
  readonly #pair: ConfigPair;
  readonly #log: HistoryLog;
  readonly #network: string;
  readonly #newUuid: () => string;
  readonly #held: Held[] = [];
  #serial = 0;

  /** network: uuid of one with a subnet. newUuid: another one each time. */
  constructor(id: string, pair: ConfigPair, log: HistoryLog, network: string, newUuid: () => string) {
    this.#id = id;
    this.#pair = pair;
    this.#log = log;
    this.#network = network;
    this.#newUuid = newUuid;
  }

  /** One call that chance chooses. */
  async act(random: SeededRandom): Promise<void> {
    const node = random.below(2);
    const [first] = this.#held;
    if (first === undefined || (this.#held.length < MOST && random.below(2) === 0)) {
      return random.below(2) === 0 ? this.#create(node) : this.#allocate(node);
    }
    const held = random.pick(this.#held);
    if (held.object !== undefined && random.below(2) === 0) return this.#look(node, held.object, held.holder);
    await this.giveBack(node, held);
  }

  /** Gives back what it holds. */
  async giveBackAll(): Promise<void> {
    for (const held of [...this.#held]) await this.giveBack(0, held);
  }

  async #create(node: number): Promise<void> {
    const uuid = this.#newUuid();
    const holder = this.#nextHolder();
    const body = { fq_name: [`${holder}-${uuid}`], uuid, virtual_network_refs: [{ uuid: this.#network }] };
    const call = await this.#call(node, "POST", "/instance-ips", { "instance-ip": body });
    if (call.answer !== undefined && call.answer.status !== 200) return this.#refuse("instance-ip", call);
    const address = await this.#addressOf(node + 1, uuid);
    if (address === undefined) {
      // Without an answer, and not there: it may hold one from any later time on, and is left alone.
      if (call.answer === undefined) this.#log.counts.leaked++;
      else this.#log.unexpected.push(`${holder}: an instance-ip that was acknowledged is not there`);
      return;
    }
    this.#record(address, "take", holder, call);
    this.#held.push({ holder, address, object: uuid });
    if (call.answer === undefined) await this.#look(node, uuid, holder);
  }

  async #allocate(node: number): Promise<void> {
    const holder = this.#nextHolder();
    const call = await this.#call(node, "POST", `/virtual-network/${this.#network}/ip-alloc`, { count: 1 });
    if (call.answer === undefined) {
      this.#log.counts.leaked++;
      return;
    }
    if (call.answer.status !== 200) return this.#refuse("ip-alloc", call);
    const [address] = (JSON.parse(call.answer.text) as { ip_addr: string[] }).ip_addr; // As the route answers.
    if (address === undefined) return this.#refuse("ip-alloc without an address", call);
    this.#record(address, "take", holder, call);
    this.#held.push({ holder, address, object: undefined });
  }

  async giveBack(node: number, held: Held): Promise<void> {
    const { holder, address, object } = held;
    this.#held.splice(this.#held.indexOf(held), 1);
    const call =
      object === undefined
        ? await this.#call(node, "POST", `/virtual-network/${this.#network}/ip-free`, { ip_addr: [address] })
        : await this.#call(node, "DELETE", `/instance-ip/${object}`);
    if (call.answer !== undefined && call.answer.status !== 200) return this.#refuse(`giving back ${address}`, call);
    this.#record(address, "give-back", holder, call);
  }

  /** Reads the object of an address that it holds. */
  async #look(node: number, uuid: string, holder: string): Promise<void> {
    const call = await this.#call(node, "GET", `/instance-ip/${uuid}`);
    const address = this.#read(call);
    if (address !== undefined) this.#log.holder(address, { ...this.#operation("see", holder, call), output: "done" });
  }

  /** Asks one node after the other until one knows. */
  async #addressOf(node: number, uuid: string): Promise<string | undefined> {
    let turn = node;
    let found: string | undefined;
    await eventually(`a node that knows of ${uuid}`, KNOWN_MS, async () => {
      const call = await this.#call(turn++, "GET", `/instance-ip/${uuid}`);
      found = this.#read(call);
      return found !== undefined || call.answer?.status === 404;
    });
    return found;
  }

  #read({ answer }: RecordedCall): string | undefined {
    if (answer?.status !== 200) return undefined;
    if (isStale(answer)) {
      this.#log.counts.stale++;
      return undefined;
    }
    const shown = JSON.parse(answer.text) as { "instance-ip": { instance_ip_address?: string } };
    return shown["instance-ip"].instance_ip_address;
  }

  #record(address: string, kind: "take" | "give-back", holder: string, call: RecordedCall): void {
    const output = call.answer === undefined ? undefined : "done";
    if (output !== undefined) this.#log.acknowledge();
    this.#log.holder(address, { ...this.#operation(kind, holder, call), output });
  }

  #operation(kind: "take" | "give-back" | "see", holder: string, { calledAtMs, returnedAtMs }: RecordedCall) {
    return { client: this.#id, input: { kind, holder }, calledAtMs, returnedAtMs };
  }

  #refuse(what: string, { answer }: RecordedCall): void {
    this.#log.unexpected.push(`${this.#id} ${what}: ${answer?.status} ${answer?.text.slice(0, 300)}`);
  }

  #call(node: number, method: string, path: string, body?: unknown): Promise<RecordedCall> {
    return recordedCall(this.#pair, this.#log, { node, method, path, ...(body === undefined ? {} : { body }) });
  }

  #nextHolder(): string {
    return `${this.#id}#${this.#serial++}`;
  }
}
