import { join } from "node:path";
import { type ApiObject, CloudStackClient, httpTransport, readKeyFile } from "@contrail/cloudstack-api";
import { systemClock } from "@contrail/runtime";
import { EmbeddedSystem, eventually } from "@contrail/testkit/embedded";
import { pings } from "../ping.ts";
import { progress } from "../result-line.ts";

const PING_DEADLINE_MS = 60_000;
const MACHINES_A_NETWORK = 10;
/** A job's end is asked for often: its time is measured. */
const POLL_MS = 20;
const FIRST_VLAN = 1_000;
const USER_DATA = Buffer.from("#cloud-config\n").toString("base64");

/** A machine that the others of its network are pinged from. */
interface Anchor {
  readonly network: string;
  readonly namespace: string;
}

/**
 * Milliseconds from the call of deployVirtualMachine to the first answered ping from a machine of the same network, one
 * deployment after the other. A network has an anchor, whose deployment implements it and is not counted, and ten machines.
 */
export async function deployMachines(
  engine: "ebpf" | "typescript",
  count: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const system = await EmbeddedSystem.start(engine);
  try {
    const cloud = new BenchCloud(system);
    const times: number[] = [];
    let anchor: Anchor | undefined;
    for (let index = 0; index < count; index++) {
      signal.throwIfAborted();
      if (anchor === undefined || index % MACHINES_A_NETWORK === 0) anchor = await cloud.anchor(index);
      const startedAt = performance.now();
      const address = await cloud.deploy(`machine-${index}`, anchor.network);
      const { namespace } = anchor;
      await eventually("a ping is answered", PING_DEADLINE_MS, () => pings(namespace, address));
      times.push(performance.now() - startedAt);
      if (times.length % 10 === 0) progress(`${times.length} of ${count} machines: ${times.at(-1)?.toFixed(0)} ms`);
    }
    return times;
  } finally {
    await system.close();
  }
}

class BenchCloud {
  readonly #system: EmbeddedSystem;
  readonly #choices = new Map<string, string>();
  #client: CloudStackClient | undefined;

  constructor(system: EmbeddedSystem) {
    this.#system = system;
  }

  /** Makes a network with its first machine. */
  async anchor(index: number): Promise<Anchor> {
    const client = await this.client();
    const { network: made } = await client.call("createNetwork", {
      name: `network-${index}`,
      zoneid: await this.#first("listZones", "zone"),
      networkofferingid: await this.#first("listNetworkOfferings", "networkoffering", {
        name: "OpenContrail isolated",
      }),
      vlan: `${FIRST_VLAN + index}`,
      gateway: "10.9.1.1",
      netmask: "255.255.255.0",
    });
    const network = String((made as ApiObject).id); // As recorded.
    await this.deploy(`anchor-${index}`, network);
    const { cloudMachines } = await this.#system.status();
    const machine = cloudMachines.find(({ name }) => name === `anchor-${index}`);
    if (machine === undefined) throw new Error("the anchor does not run");
    return { network, namespace: machine.namespace };
  }

  /** Deploys a machine; gives its address. */
  async deploy(name: string, networkids: string): Promise<string> {
    const client = await this.client();
    const { virtualmachine } = await client.run("deployVirtualMachine", {
      name,
      networkids,
      userdata: USER_DATA,
      zoneid: await this.#first("listZones", "zone"),
      serviceofferingid: await this.#first("listServiceOfferings", "serviceoffering"),
      templateid: await this.#first("listTemplates", "template", { templatefilter: "all" }),
    });
    return String((virtualmachine as ApiObject).ipaddress); // As recorded.
  }

  async client(): Promise<CloudStackClient> {
    if (this.#client === undefined) {
      const { state } = (await this.#system.status()).directories;
      const { endpoint = "", keys } = readKeyFile(join(state, "cloudstack.ini"));
      this.#client = new CloudStackClient(httpTransport({ url: endpoint }), keys, systemClock, POLL_MS);
    }
    return this.#client;
  }

  /** The first of what there is to choose from; asked once. */
  async #first(command: string, key: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const known = this.#choices.get(command);
    if (known !== undefined) return known;
    const [found] = await (await this.client()).list(command, key, parameters);
    const id = String(found?.id);
    this.#choices.set(command, id);
    return id;
  }
}
