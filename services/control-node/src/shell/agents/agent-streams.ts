import type { Clock, Timer } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { resetCall, toServiceError } from "@contrail/rpc";
import type { agentWire } from "@contrail/wire";
import type { ServerDuplexStream } from "@grpc/grpc-js";

/** Longest that a refused agent may take to read why; then its session is cut off with all that waits in it. */
const STATUS_DEADLINE_MS = 5_000;

/** One session of an agent as gRPC has it. */
export type AgentStream = ServerDuplexStream<agentWire.AgentMessage, Uint8Array>;

/** The streams of one agent, by its certificate. */
interface Door {
  /** It has come and not yet said who it is. */
  waiting: AgentStream | undefined;
  serving: AgentStream | undefined;
  /** It has been told why it ends, and is cut off where it does not read that. */
  leaving: { readonly stream: AgentStream; readonly cutOff: Timer } | undefined;
}

/**
 * The streams of all agents, three of each at most, however many it opens:
 *
 *   came ──► waiting ── Hello ──► serving ── refused ──► leaving ──► closed
 *               └──────────────── refused ─────────────────┘
 *
 * In each of these places the newer one comes instead of the older: an agent whose old session is dead and not yet known
 * to be must not be kept out by it. One that waits takes the place of none that serves: only its Hello does.
 */
export class AgentStreams {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #doors = new Map<string, Door>();

  /** most: agents that may have streams. */
  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Streams of all agents, those that are being ended included. */
  get count(): number {
    let count = 0;
    for (const { waiting, serving, leaving } of this.#doors.values())
      for (const each of [waiting, serving, leaving]) if (each !== undefined) count++;
    return count;
  }

  /** A stream of an agent has come; false where there are too many agents, and it is ended. */
  came(agent: string, stream: AgentStream): boolean {
    let door = this.#doors.get(agent);
    if (door === undefined && this.#doors.size >= this.#most) {
      stream.emit("error", toServiceError(tooMany(this.#most)));
      setImmediate(() => resetCall(stream));
      return false;
    }
    if (door === undefined) {
      door = { waiting: undefined, serving: undefined, leaving: undefined };
      this.#doors.set(agent, door);
    }
    const older = door.waiting;
    door.waiting = stream;
    stream.once("close", () => this.#closed(agent, stream));
    if (older !== undefined) this.refuse(agent, older, another(agent));
    return true;
  }

  /** A stream that waited has said a good Hello. */
  admitted(agent: string, stream: AgentStream): void {
    const door = this.#doors.get(agent);
    if (door?.waiting !== stream) return;
    const older = door.serving;
    door.waiting = undefined;
    door.serving = stream;
    if (older !== undefined) this.refuse(agent, older, another(agent));
  }

  /** Ends a stream with a status that says why. */
  refuse(agent: string, stream: AgentStream, reason: ContrailError): void {
    const door = this.#doors.get(agent);
    if (door === undefined || door.leaving?.stream === stream) return;
    this.#leave(door, stream);
    const cutOff = this.#clock.setTimer(STATUS_DEADLINE_MS, () => resetCall(stream));
    const before = door.leaving;
    door.leaving = { stream, cutOff };
    before?.cutOff.cancel();
    if (before !== undefined) resetCall(before.stream);
    stream.emit("error", toServiceError(reason));
  }

  #closed(agent: string, stream: AgentStream): void {
    const door = this.#doors.get(agent);
    if (door === undefined) return;
    this.#leave(door, stream);
    if (door.leaving?.stream === stream) {
      door.leaving.cutOff.cancel();
      door.leaving = undefined;
    }
    if (door.waiting === undefined && door.serving === undefined && door.leaving === undefined)
      this.#doors.delete(agent);
  }

  #leave(door: Door, stream: AgentStream): void {
    if (door.waiting === stream) door.waiting = undefined;
    if (door.serving === stream) door.serving = undefined;
  }
}

/** Why an agent is refused that is one too many. */
export function tooMany(most: number): ContrailError {
  return new ContrailError("control.over_quota", `a control node may have ${most} agents`);
}

function another(agent: string): ContrailError {
  return new ContrailError("control.conflict", `${agent} has another session`);
}
