import { EmbeddedSystem } from "@contrail/testkit/embedded";
import { progress } from "../result-line.ts";
import { GREEN, makeMachines, makeNetworks, policyFor, RED } from "./bench-network.ts";
import type { Options } from "./options.ts";
import { monotonicMs, Stream } from "./stream.ts";

/** A direction in which nothing has arrived for so long, while packets are sent, is closed. */
const SILENT_MS = 100;
const LOOK_MS = 10;
const DEADLINE_MS = 10_000;
const HOSTS = ["host1", "host2"] as const;

/**
 * Milliseconds from the API's answer to a change of a policy, which opens or closes the way for UDP by turns, until the
 * packets of both hosts follow it: the first ones after an opening, the last one before a closing. 0 where they
 * followed before the answer came.
 */
export async function policyToPacket({ changes, engine }: Options, signal: AbortSignal): Promise<readonly number[]> {
  const system = await EmbeddedSystem.start(engine);
  let stream: Stream | undefined;
  try {
    const networks = await makeNetworks(system, [RED, GREEN]);
    const policy = await attachPolicy(system, networks);
    stream = await Stream.start(...(await makeMachines(system, RED, GREEN)));
    const times: number[] = [];
    // The first two changes only show that the stream is opened and closed at all.
    for (let change = -2; change < changes; change++) {
      signal.throwIfAborted();
      const opens = change % 2 === 0;
      const before = monotonicMs();
      await system.vnc.update("network-policy", policy, policyFor(opens ? "udp" : "tcp"));
      const answered = monotonicMs();
      const followed = opens ? await opened(stream, before) : await closed(stream, before);
      if (change >= 0) times.push(Math.max(0, followed - answered));
      if (change > 0 && change % 50 === 0) progress(`${change} of ${changes} changes`);
    }
    await proveDrops(system);
    return times;
  } finally {
    stream?.stop();
    await system.close();
  }
}

async function attachPolicy({ vnc }: EmbeddedSystem, networks: readonly string[]): Promise<string> {
  const policy = await vnc.create("network-policy", {
    fq_name: ["default-domain", "bench", "red-green"],
    parent_type: "project",
    ...policyFor("tcp"),
  });
  for (const uuid of networks) {
    const attr = { sequence: { major: 0, minor: 0 } };
    await vnc.updateReference("ADD", { type: "virtual-network", uuid }, { type: "network-policy", uuid: policy }, attr);
  }
  return policy;
}

/** When the first packet arrived, at the end where that was later. */
async function opened(stream: Stream, since: number): Promise<number> {
  return look(stream, since, "opened", (ends) => {
    const firsts = ends.map(({ first }) => first);
    return firsts.every((first) => first !== null) ? Math.max(...firsts) : undefined;
  });
}

/** When the last packet arrived, at the end where that was later; `since` where none did. */
async function closed(stream: Stream, since: number): Promise<number> {
  return look(stream, since, "closed", (ends) => {
    const last = Math.max(since, ...ends.map((end) => end.last ?? since));
    return monotonicMs() - last > SILENT_MS ? last : undefined;
  });
}

async function look(
  stream: Stream,
  since: number,
  what: string,
  judge: (ends: Awaited<ReturnType<Stream["since"]>>) => number | undefined,
): Promise<number> {
  const sentBefore = (await stream.since(since)).map(({ sent }) => sent);
  for (;;) {
    const ends = await stream.since(since);
    const found = judge(ends);
    if (found !== undefined && ends.every(({ sent }, index) => sent > (sentBefore[index] ?? 0))) return found;
    if (monotonicMs() - since > DEADLINE_MS)
      throw new Error(`a policy change has not ${what} the way in ${DEADLINE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Both hosts must have dropped packets by policy: otherwise something else was measured. */
async function proveDrops(system: EmbeddedSystem): Promise<void> {
  for (const host of HOSTS) {
    const drops = await system.introspect<Readonly<Record<string, number>>>(host, "drops");
    if ((drops.flow_action_drop ?? 0) === 0)
      throw new Error(`${host} dropped no packet by policy: ${JSON.stringify(drops)}`);
  }
}
