import { ConfigNodeProcess } from "@contrail/test-contract";
import { cpuSeconds, eventLoopLagMs } from "../node-metrics.ts";
import { median, progress, quantile } from "../result-line.ts";
import type { Backend } from "./backend.ts";
import { busDelays } from "./bus-delays.ts";
import { Callers, rateOf } from "./callers.ts";
import type { Options } from "./options.ts";

const PROJECT = ["default-domain", "bench"];
/** Objects that warm code and connections, and are not counted. */
const WARM = 300;

/** What a node did, medians over the rounds. */
export interface ApiResult {
  /** Objects, or rows, a second. */
  readonly creates: { readonly ours: number; readonly theirs: number; readonly cpu: number };
  /** Calls a second. */
  readonly reads: { readonly byId: number; readonly byName: number };
  readonly updates: number;
  /** Milliseconds. */
  readonly lists: { readonly plain: number; readonly detail: number };
  readonly changeToBusMs: number;
  readonly lagMs: number;
}

/** Loads a node of its own on a backend, round by round with the raw store. */
export async function loadNode(backend: Backend, options: Options, signal: AbortSignal): Promise<ApiResult> {
  const node = new ConfigNodeProcess(backend.flags);
  await node.run();
  const callers = new Callers(node.port);
  try {
    const world = new BenchWorld(callers, signal);
    await world.prepare();
    await world.createPorts(WARM);
    const rounds = await createRounds(world, node, backend, options, signal);
    progress(`${backend.kind}: reading and updating`);
    const { runs, objects } = options;
    const byId = await medianOf(runs, () => world.readById(objects));
    const byName = await medianOf(runs, () => world.readByName(objects));
    const updates = await medianOf(runs, () => world.update(objects));
    await world.createListed(options.listed);
    const plain = await medianOf(runs, () => world.list(options.listed, false));
    const detail = await medianOf(runs, () => world.list(options.listed, true));
    progress(`${backend.kind}: timing ${options.changes} changes on the bus`);
    const delays = await busDelays(backend.bus(), options.changes, (index) => world.changeOne(index), signal);
    return {
      ...rounds,
      reads: { byId, byName },
      updates,
      lists: { plain, detail },
      changeToBusMs: quantile(delays, 0.99),
    };
  } finally {
    callers.close();
    await node.stop();
  }
}

async function createRounds(
  world: BenchWorld,
  node: ConfigNodeProcess,
  backend: Backend,
  { runs, objects }: Options,
  signal: AbortSignal,
): Promise<Pick<ApiResult, "creates" | "lagMs">> {
  const [ours, theirs, cpu, lags]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 1; round <= runs; round++) {
    progress(`${backend.kind}: creating ${objects} objects, round ${round} of ${runs}`);
    await eventLoopLagMs(node.introspectPort); // The lag is told since the last time.
    const before = cpuSeconds(node.pid);
    ours.push(await world.createPorts(objects));
    cpu.push(cpuSeconds(node.pid) - before);
    lags.push(await eventLoopLagMs(node.introspectPort));
    theirs.push(await backend.raw.write(objects, world.sample, signal));
  }
  return { creates: { ours: median(ours), theirs: median(theirs), cpu: median(cpu) }, lagMs: median(lags) };
}

async function medianOf(runs: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < runs; run++) values.push(await measure());
  return median(values);
}

/** The objects of the bench: ports of a network, with a security group. */
class BenchWorld {
  /** An object as the API shows it: what the raw store is given. */
  sample = "";
  readonly #callers: Callers;
  readonly #signal: AbortSignal;
  readonly #ports: string[] = [];
  #next = 0;

  constructor(callers: Callers, signal: AbortSignal) {
    this.#callers = callers;
    this.#signal = signal;
  }

  async prepare(): Promise<void> {
    await this.#callers.create("project", { fq_name: PROJECT, parent_type: "domain" });
    for (const [type, name] of [
      ["virtual-network", "network"],
      ["security-group", "group"],
    ] as const) {
      await this.#callers.create(type, { fq_name: [...PROJECT, name], parent_type: "project" });
    }
  }

  /** Creates ports; gives ports a second. */
  async createPorts(count: number): Promise<number> {
    const rate = await rateOf(
      count,
      async () => {
        const fq_name = [...PROJECT, `port${this.#next++}`];
        const uuid = await this.#callers.create("virtual-machine-interface", {
          fq_name,
          parent_type: "project",
          virtual_network_refs: [{ to: [...PROJECT, "network"], attr: null }],
          security_group_refs: [{ to: [...PROJECT, "group"], attr: null }],
          virtual_machine_interface_device_owner: "bench",
        });
        this.#ports.push(uuid);
      },
      this.#signal,
    );
    const path = `/virtual-machine-interface/${this.#port(0)}`;
    if (this.sample === "") this.sample = await this.#callers.call("GET", path);
    return rate;
  }

  readById(count: number): Promise<number> {
    const path = (index: number) => `/virtual-machine-interface/${this.#port(index)}`;
    return rateOf(count, (index) => this.#callers.call("GET", path(index)), this.#signal);
  }

  readByName(count: number): Promise<number> {
    const body = (index: number) => ({
      type: "virtual-machine-interface",
      fq_name: [...PROJECT, `port${index % this.#next}`],
    });
    return rateOf(count, (index) => this.#callers.call("POST", "/fqname-to-id", body(index)), this.#signal);
  }

  update(count: number): Promise<number> {
    return rateOf(count, (index) => this.#describe(this.#port(index)), this.#signal);
  }

  /** Changes one object; gives its uuid. */
  async changeOne(index: number): Promise<string> {
    const uuid = this.#port(index);
    await this.#describe(uuid);
    return uuid;
  }

  /** Virtual machines: a type of which there is nothing else. */
  async createListed(count: number): Promise<void> {
    const create = (index: number) => this.#callers.create("virtual-machine", { fq_name: [`machine${index}`] });
    await rateOf(count, create, this.#signal);
  }

  /** Milliseconds of one list, which must be whole. */
  async list(count: number, detail: boolean): Promise<number> {
    const startedAt = performance.now();
    const text = await this.#callers.call("GET", `/virtual-machines${detail ? "?detail=true" : ""}`);
    const ms = performance.now() - startedAt;
    const listed = (JSON.parse(text) as { readonly "virtual-machines": readonly unknown[] })["virtual-machines"].length;
    if (listed < count) throw new Error(`the list has ${listed} of ${count} objects`);
    return ms;
  }

  #describe(uuid: string): Promise<string> {
    const change = { display_name: `changed ${this.#next++}` };
    return this.#callers.call("PUT", `/virtual-machine-interface/${uuid}`, { "virtual-machine-interface": change });
  }

  #port(index: number): string {
    return this.#ports[index % this.#ports.length] ?? "";
  }
}
