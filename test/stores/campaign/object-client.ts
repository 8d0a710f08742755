import type { SeededRandom } from "@contrail/testkit/embedded";
import type { ObjectInput, ObjectOutput } from "@contrail/testkit/linearizability";
import { type Answer, type ConfigPair, PROJECT } from "../config-pair.ts";
import type { HistoryLog } from "./history-log.ts";
import { isStale, type RecordedCall, recordedCall } from "./recorded-call.ts";

const TYPE = "security-group";

/** A name that clients contend for, and the uuids under which they make its object. */
export interface ContendedName {
  readonly name: string;
  readonly uuids: readonly string[];
}

type Shown = Readonly<Record<string, unknown>>;

/** Creates, changes, removes, reads and lists the objects of a few names, at either node, and records what it is told. */
export class ObjectClient {
  readonly #id: string;
  readonly #pair: ConfigPair;
  readonly #log: HistoryLog;
  readonly #names: readonly ContendedName[];
  /** The ETag that this client was told last, by uuid. */
  readonly #tags = new Map<string, string>();
  #serial = 0;

  constructor(id: string, pair: ConfigPair, log: HistoryLog, names: readonly ContendedName[]) {
    this.#id = id;
    this.#pair = pair;
    this.#log = log;
    this.#names = names;
  }

  /** One call that chance chooses. */
  async act(random: SeededRandom): Promise<void> {
    const contended = random.pick(this.#names);
    const uuid = random.pick(contended.uuids);
    const node = random.below(2);
    const dice = random.below(100);
    if (dice < 17) return this.create(node, contended.name, uuid);
    if (dice < 35) return void (await this.update(node, contended.name, uuid));
    if (dice < 52) return this.#updateMatching(node, contended.name, uuid);
    if (dice < 64) return this.#remove(node, contended.name, uuid);
    if (dice < 82) return void (await this.read(node, contended.name, uuid));
    if (dice < 92) return this.find(node, contended.name);
    return this.list(node);
  }

  async create(node: number, name: string, uuid: string): Promise<void> {
    const value = this.#nextValue();
    const body = { [TYPE]: { fq_name: [...PROJECT, name], uuid, display_name: value } };
    const call = await this.#call(node, "POST", `/${TYPE}s`, body);
    this.#record(name, { kind: "create", uuid, value }, call, ({ status, text }) => {
      if (status === 200) return { kind: "done" };
      return status === 409 && text.includes("already exists") ? { kind: "taken", text } : undefined;
    });
  }

  /** PUT; ifMatch: with this ETag in If-Match. Gives the answer's status; 0 where there was none. */
  async update(node: number, name: string, uuid: string, ifMatch?: string): Promise<number> {
    const value = this.#nextValue();
    const headers: Readonly<Record<string, string>> = ifMatch === undefined ? {} : { "if-match": ifMatch };
    const call = await this.#call(node, "PUT", `/${TYPE}/${uuid}`, { [TYPE]: { display_name: value } }, headers);
    const input: ObjectInput = { kind: "update", uuid, value, ...(ifMatch === undefined ? {} : { ifMatch }) };
    this.#record(name, input, call, (answer) => {
      if (answer.status === 412) return { kind: "mismatch" };
      return answer.status === 200 ? { kind: "done", ...this.#tagOf(uuid, answer) } : missing(answer);
    });
    return call.answer?.status ?? 0;
  }

  /** GET; gives the ETag. */
  async read(node: number, name: string, uuid: string): Promise<string | undefined> {
    const call = await this.#call(node, "GET", `/${TYPE}/${uuid}`);
    this.#record(name, { kind: "read", uuid }, call, (answer) => {
      if (answer.status !== 200) return missing(answer);
      const shown = (JSON.parse(answer.text) as Record<string, Shown>)[TYPE] ?? {}; // As the route answers.
      return {
        kind: "seen",
        uuid: String(shown.uuid),
        value: String(shown.display_name),
        ...this.#tagOf(uuid, answer),
      };
    });
    return call.answer?.headers.get("etag") ?? undefined;
  }

  /** The uuid of a name. */
  async find(node: number, name: string): Promise<void> {
    const call = await this.#call(node, "POST", "/fqname-to-id", { type: TYPE, fq_name: [...PROJECT, name] });
    this.#record(name, { kind: "find" }, call, (answer) =>
      answer.status === 200
        ? { kind: "seen", uuid: (JSON.parse(answer.text) as { uuid: string }).uuid }
        : missing(answer),
    );
  }

  /** A list of all, with their values: each entry, and each that is not there, counts as a read of its name. */
  async list(node: number): Promise<void> {
    const call = await this.#call(node, "GET", `/${TYPE}s?detail=True&exclude_hrefs=1`);
    const { answer } = call;
    if (answer !== undefined && !isStale(answer)) this.#log.listed();
    const body = answer?.status === 200 ? (JSON.parse(answer.text) as Record<string, Record<string, Shown>[]>) : {};
    const shown = (body[`${TYPE}s`] ?? []).map((entry) => entry[TYPE] ?? {});
    for (const { name } of this.#names) {
      const entries = shown.filter(({ fq_name }) => Array.isArray(fq_name) && fq_name.at(-1) === name);
      if (entries.length > 1) this.#log.unexpected.push(`${name} is ${entries.length} times in a list`);
      const [entry] = entries;
      this.#record(name, { kind: "find" }, call, ({ status }) => {
        if (status !== 200) return undefined;
        if (entry === undefined) return { kind: "missing" };
        return { kind: "seen", uuid: String(entry.uuid), value: String(entry.display_name) };
      });
    }
  }

  async #updateMatching(node: number, name: string, uuid: string): Promise<void> {
    const tag = this.#tags.get(uuid) ?? (await this.read(node, name, uuid));
    if (tag !== undefined) await this.update(node + 1, name, uuid, tag);
  }

  async #remove(node: number, name: string, uuid: string): Promise<void> {
    const call = await this.#call(node, "DELETE", `/${TYPE}/${uuid}`);
    this.#record(name, { kind: "remove", uuid }, call, (answer) =>
      answer.status === 200 ? { kind: "done" } : missing(answer),
    );
  }

  #call(node: number, method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) {
    const more = { ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) };
    return recordedCall(this.#pair, this.#log, { node, method, path, ...more });
  }

  /** outputOf: undefined for an answer that nobody should get. */
  #record(
    name: string,
    input: ObjectInput,
    call: RecordedCall,
    outputOf: (answer: Answer) => ObjectOutput | undefined,
  ): void {
    const { answer, ...times } = call;
    const isRead = input.kind === "read" || input.kind === "find";
    if (answer === undefined) {
      if (!isRead) this.#log.object(name, { client: this.#id, input, output: undefined, ...times });
      return;
    }
    if (isRead && isStale(answer)) {
      this.#log.counts.stale++;
      return;
    }
    const output = outputOf(answer);
    if (output === undefined) {
      this.#log.unexpected.push(`${this.#id} ${JSON.stringify(input)}: ${answer.status} ${answer.text.slice(0, 300)}`);
      return;
    }
    if (output.kind === "done") this.#log.acknowledge();
    this.#log.object(name, { client: this.#id, input, output, ...times });
  }

  #tagOf(uuid: string, { headers }: Answer): { readonly tag?: string } {
    const tag = headers.get("etag");
    if (tag === null) return {};
    this.#tags.set(uuid, tag);
    return { tag };
  }

  #nextValue(): string {
    return `${this.#id}-${this.#serial++}`;
  }
}

function missing({ status }: Answer): ObjectOutput | undefined {
  return status === 404 ? { kind: "missing" } : undefined;
}
