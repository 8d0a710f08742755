import { agentWire } from "@contrail/wire";

/** The part of a ControlMessage that is the same for all agents. */
export type ControlMessageBody = NonNullable<agentWire.ControlMessage["message"]>;

/** A message's encoded body; its sequence, which differs by session, comes in front of it. */
export function encodeBody(message: ControlMessageBody): Uint8Array {
  return agentWire.ControlMessage.encode({ sequence: 0n, message }).finish();
}

/**
 * The whole message: field 1 (sequence, varint) and the body. Fields of a protobuf message may come in any order and
 * one after the other, so a body is encoded once and shared.
 */
export function withSequence(sequence: bigint, body: Uint8Array): Uint8Array {
  const head: number[] = [0x08];
  for (let rest = sequence; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) {
      head.push(low);
      break;
    }
    head.push(low | 0x80);
  }
  const message = new Uint8Array(head.length + body.length);
  message.set(head);
  message.set(body, head.length);
  return message;
}
