import { connect, Socket } from "node:net";
import type { Clock, Timer } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { parseInetAddress } from "@contrail/net";
import { beginConnect, closeDescriptor, openTcpSocket, tcpConnectionState } from "@contrail/netns";
import { applyOptions, needsOptions, type SegmentOptions } from "./segment-options.ts";

/** A TCP connection that is being opened. */
export interface OutgoingAttempt {
  /** Gives up; the callback does not run any more. */
  abort(): void;
}

/** Where a connection leads, and what its segments need. */
export interface OutgoingTarget extends SegmentOptions {
  readonly localAddress: string;
  readonly port: number;
}

/** How an attempt ended: with a socket, or with the reason why there is none where that is known. */
export type AttemptEnd = { readonly socket: Socket } | { readonly reason: string | undefined };

/** Between two looks at a connection that Node does not open; milliseconds. */
const LOOK_MS = 10;

/** Opens a connection from an address of ours; calls back once. */
export function openConnection(target: OutgoingTarget, clock: Clock, done: (end: AttemptEnd) => void): OutgoingAttempt {
  return needsOptions(target) ? openWithOptions(target, clock, done) : openPlain(target, done);
}

function openPlain({ localAddress, address, port }: OutgoingTarget, done: (end: AttemptEnd) => void): OutgoingAttempt {
  const socket = connect({ host: address, port, localAddress });
  let over = false;
  const finish = (end: AttemptEnd): void => {
    if (over) return;
    over = true;
    socket.removeAllListeners();
    if (!("socket" in end)) destroy(socket);
    done(end);
  };
  socket.once("connect", () => finish({ socket }));
  socket.once("error", () => finish({ reason: undefined }));
  return {
    abort() {
      over = true;
      socket.removeAllListeners();
      destroy(socket);
    },
  };
}

/** Options of segments have to be there before the first one leaves: Node's own way to connect leaves no time for that. */
function openWithOptions(target: OutgoingTarget, clock: Clock, done: (end: AttemptEnd) => void): OutgoingAttempt {
  let timer: Timer | undefined;
  let fd: number | undefined;
  const release = (): void => {
    timer?.cancel();
    if (fd !== undefined) closeDescriptor(fd);
    fd = undefined;
  };
  const fail = (reason?: string): void => {
    release();
    done({ reason });
  };
  const look = (): void => {
    if (fd === undefined) return;
    const state = tcpConnectionState(fd);
    if (state === "failed") fail();
    else if (state === "pending") timer = clock.setTimer(LOOK_MS, look);
    else {
      const socket = new Socket({ fd, readable: true, writable: true });
      fd = undefined; // The socket's from here on.
      done({ socket });
    }
  };
  // Not before it has returned: the caller has no attempt to give up yet.
  timer = clock.setTimer(0, () => {
    try {
      fd = openTcpSocket(parseInetAddress(target.localAddress) ?? 0, 0);
      applyOptions(fd, target);
      if (beginConnect(fd, parseInetAddress(target.address) ?? 0, target.port)) look();
      else fail();
    } catch (reason) {
      fail(ContrailError.from(reason).message);
    }
  });
  return { abort: release };
}

/** A socket may still report an error after it has been given up. */
function destroy(socket: Socket): void {
  socket.on("error", () => {});
  socket.destroy();
}
