import type { Offload } from "@contrail/forwarding";
import { VROUTER_MAC } from "@contrail/net";
import fc from "fast-check";
import { ethernet, tunnelFrame } from "./frames.ts";
import { fragmentsOf, icmpErrorAbout, type PacketChoices, packetChoices, packetOf } from "./packet-arbitrary.ts";
import type { Step } from "./step.ts";
import { LOCAL_HOST, LOCALS, type Local, ODD_DESTINATIONS, REMOTE_HOSTS, REMOTES } from "./world.ts";

/** One end: a machine here, or an address behind another host. */
type End =
  | { readonly kind: "local"; readonly local: Local; readonly address: number }
  | { readonly kind: "remote"; readonly address: number; readonly host: number };

type Event =
  | "forward"
  | "reply"
  | "forward-fragments"
  | "reply-fragments"
  | "lost-first"
  | "error"
  | "error-back"
  | "touch";

const locals: readonly End[] = LOCALS.map((local) => ({ kind: "local", local, address: local.address }));
const remotes: readonly End[] = REMOTES.map(({ address, host }) => ({ kind: "remote", address, host }));
const ecmp: End = { kind: "remote", address: ODD_DESTINATIONS.ecmp, host: 0 };

const inFirstVrf = locals.filter((end) => end.kind === "local" && end.local.vrf === 1);
const inSecondVrf = locals.filter((end) => end.kind === "local" && end.local.vrf === 2);

const ends: fc.Arbitrary<readonly [End, End]> = fc.oneof(
  { weight: 4, arbitrary: twoOf(inFirstVrf) },
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...inFirstVrf), fc.constantFrom(...remotes, ecmp)) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...remotes), fc.constantFrom(...inFirstVrf)) },
  { weight: 1, arbitrary: twoOf(inSecondVrf) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...inSecondVrf), fc.constantFrom(...remotes)) },
);

function twoOf(list: readonly End[]): fc.Arbitrary<readonly [End, End]> {
  return fc.shuffledSubarray([...list], { minLength: 2, maxLength: 2 }).map(([one, other]) => {
    if (one === undefined || other === undefined) throw new Error("fewer than two ends");
    return [one, other];
  });
}

const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.constantFrom<Event[]>(
    "forward",
    "forward",
    "reply",
    "reply",
    "forward-fragments",
    "reply-fragments",
    "lost-first",
    "error",
    "error-back",
    "touch",
  ),
  { minLength: 1, maxLength: 6 },
);

/** Packets of two ends in both directions, with fragments, ICMP errors and table changes between them. */
export const conversation: fc.Arbitrary<readonly Step[]> = fc
  .tuple(ends, packetChoices, events, fc.integer({ min: 1, max: 3 }))
  .map(([[initiator, responder], choices, list, identification]) =>
    list.flatMap((event) => stepsOf(event, initiator, responder, choices, identification)),
  );

function stepsOf(
  event: Event,
  initiator: End,
  responder: End,
  choices: PacketChoices,
  identification: number,
): readonly Step[] {
  const about = `${event}/${choices.protocol}`;
  const there = { source: initiator.address, destination: responder.address };
  const back = { source: responder.address, destination: initiator.address };
  const offload = { gsoSizeBytes: gsoOf(choices), partialChecksum: choices.partialChecksum };
  switch (event) {
    case "forward":
      return carry(about, initiator, responder, trailed(packetOf(choices, there, false), choices), offload);
    case "reply":
      return carry(about, responder, initiator, trailed(packetOf(choices, back, true), choices), offload);
    case "forward-fragments":
      return fragmentsOf(choices, there, false, identification).flatMap((p) => carry(about, initiator, responder, p));
    case "reply-fragments":
      return fragmentsOf(choices, back, true, identification).flatMap((p) => carry(about, responder, initiator, p));
    case "lost-first":
      return carry(about, initiator, responder, fragmentsOf(choices, there, false, identification + 10)[1]);
    case "error":
      return carry(about, responder, initiator, errorOf(choices, there, back));
    case "error-back":
      return carry(
        about,
        initiator,
        responder,
        icmpErrorAbout(packetOf(choices, back, true), there.source, there.destination, 11),
      );
    case "touch":
      return [{ kind: "apply", about: "touch", batch: [] }];
  }
}

function errorOf(choices: PacketChoices, there: Parameters<typeof packetOf>[1], back: typeof there): Uint8Array {
  return icmpErrorAbout(packetOf(choices, there, false), back.source, back.destination, 3);
}

/** Large frames only where a machine's kernel would make them: TCP with more data than a segment. */
function gsoOf(choices: PacketChoices): number {
  return choices.protocol === "tcp" && choices.dataBytes > choices.gsoSizeBytes ? choices.gsoSizeBytes : 0;
}

function trailed(packet: Uint8Array, choices: PacketChoices): Uint8Array {
  if (gsoOf(choices) > 0) return packet;
  const longer = new Uint8Array(packet.length + choices.trailerBytes);
  longer.set(packet);
  return longer;
}

function carry(about: string, from: End, to: End, packet: Uint8Array, offload: Offload = {}): readonly Step[] {
  if (from.kind === "local") {
    const frame = ethernet(VROUTER_MAC, from.local.mac, 0x0800, packet);
    return [{ kind: "machine", about: `machine/${about}`, interface: from.local.id, frame, offload }];
  }
  if (to.kind === "remote") return [];
  const fields = { source: REMOTE_HOSTS[from.host] ?? 0, destination: LOCAL_HOST, label: to.local.label };
  return [{ kind: "underlay", about: `underlay/${about}`, frame: tunnelFrame(fields, packet) }];
}
