import type { GuestSeen } from "../probe/guest.ts";
import { check, type DemoWorld } from "./demo-world.ts";
import { userDataOf } from "./networks.ts";
import { ProbeProcess } from "./probe-process.ts";

const GATEWAY = "10.1.1.1";
const DEADLINE_MS = 10_000;
const PINGS = 3;
/** Machines with the same address, of two tenants, and the one of their network whose name they ask for. */
const READERS = [
  ["a-red-1", "a-red-2"],
  ["b-red-1", "b-red-2"],
] as const;
const MOVED = { name: "b-red-3", to: "host1", asks: "b-red-1" } as const;

/** Step 4: what machines are told about themselves and their network, and that an address belongs to its machine. */
export async function guests(world: DemoWorld): Promise<string> {
  for (const [reader, other] of READERS) await readsItsOwn(world, reader, other);
  const before = world.cloud.machine(MOVED.name);
  const startedAt = performance.now();
  const after = await world.cloud.moveMachine(MOVED.name, MOVED.to);
  const [was, is] = [before, after].map(({ nics }) => nics.map(({ address, mac }) => `${address} ${mac}`).join(", "));
  check(was === is, `${MOVED.name} had ${was} and has ${is} on ${after.host}`);
  check(after.host === MOVED.to && before.host !== MOVED.to, `${MOVED.name} is on ${after.host}, not moved`);
  const address = after.nics[0]?.address ?? "";
  await world.until(
    `${MOVED.name} answers on ${MOVED.to}`,
    DEADLINE_MS,
    () => world.ping(MOVED.asks, address, PINGS) === PINGS,
  );
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  return `2 machines with one address read their own data at 169.254.169.254, name to address by the gateway; ${address} stopped on ${before.host} and answers from ${after.host} after ${seconds} s`;
}

async function readsItsOwn(world: DemoWorld, reader: string, other: string): Promise<void> {
  const { password } = world.cloud.machine(reader);
  const { publicKey } = world.cloud.tenantOf(reader);
  const address = world.cloud.machine(other).nics[0]?.address;
  const seen = await ProbeProcess.run<GuestSeen>(world.namespace(reader), "guest", GATEWAY, other);
  check(seen.userData === userDataOf(reader), `${reader} reads other user data: ${seen.userData ?? "none"}`);
  check(seen.publicKeys?.trim() === publicKey, `${reader} reads another key: ${seen.publicKeys ?? "none"}`);
  check(seen.password === password, `${reader} reads a password that is not its own, or none`);
  check(seen.passwordAfter === "saved_password", `${reader} gets its password again after it was fetched`);
  check(seen.resolved === address, `${reader} resolves ${other} to ${seen.resolved ?? "nothing"}, not ${address}`);
}
