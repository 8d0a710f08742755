import { NamespaceProbe } from "@contrail/testkit/embedded";
import type { FaultWorld } from "./fault-world.ts";

const PER_SECOND = 500;
const ADDRESS = "10.2.1.12";
/** Ports of the tenants' streams: both go to the same address, each in its tenant. */
const PORT_A = 6_000;
const PORT_B = 6_001;
const DRAIN_MS = 300;

/** What became of packets from host to host, inside each tenant's red network. */
export interface StreamCounts {
  readonly sent: number;
  readonly lost: number;
  readonly doubled: number;
  /** Packets of one tenant that a machine of the other one received. */
  readonly leaked: number;
  /** Longest silence between two packets of a stream, milliseconds. */
  readonly longestGapMs: number;
}

interface Received {
  readonly received: number;
  readonly doubled: number;
  readonly longestGapMs: number;
}

/** Numbered packets of both tenants; each receiver also listens to the other tenant's port, where nothing may arrive. */
export class Streams {
  readonly #senders: readonly NamespaceProbe[];
  readonly #receivers: readonly NamespaceProbe[];
  readonly #strangers: readonly NamespaceProbe[];

  private constructor(
    senders: readonly NamespaceProbe[],
    receivers: readonly NamespaceProbe[],
    strangers: readonly NamespaceProbe[],
  ) {
    this.#senders = senders;
    this.#receivers = receivers;
    this.#strangers = strangers;
  }

  static async start(world: FaultWorld): Promise<Streams> {
    const listen = (machine: "a-red-2" | "b-red-2", port: number) =>
      NamespaceProbe.start(world.namespace(machine), ["udp-receive", port]);
    const send = (machine: "a-red-1" | "b-red-1", port: number) =>
      NamespaceProbe.start(world.namespace(machine), ["udp-send", ADDRESS, port, PER_SECOND]);
    const receivers = await Promise.all([listen("a-red-2", PORT_A), listen("b-red-2", PORT_B)]);
    const strangers = await Promise.all([listen("a-red-2", PORT_B), listen("b-red-2", PORT_A)]);
    const senders = await Promise.all([send("a-red-1", PORT_A), send("b-red-1", PORT_B)]);
    return new Streams(senders, receivers, strangers);
  }

  async finish(): Promise<StreamCounts> {
    const sent = sum(
      (await Promise.all(this.#senders.map((probe) => probe.finish<{ sent: number }>()))).map((each) => each.sent),
    );
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS)); // What is in a socket's buffer is still to be read.
    const received = await Promise.all(this.#receivers.map((probe) => probe.finish<Received>()));
    const strange = await Promise.all(this.#strangers.map((probe) => probe.finish<Received>()));
    return {
      sent,
      lost: sent - sum(received.map((each) => each.received)),
      doubled: sum(received.map((each) => each.doubled)),
      leaked: sum(strange.map((each) => each.received)),
      longestGapMs: Math.max(...received.map((each) => each.longestGapMs)),
    };
  }

  kill(): void {
    for (const probe of [...this.#senders, ...this.#receivers, ...this.#strangers]) probe.kill();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
