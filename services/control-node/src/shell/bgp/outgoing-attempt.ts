import { connect, type Socket } from "node:net";

/** A TCP connection that is being opened. */
export interface OutgoingAttempt {
  /** Gives up; the callback does not run any more. */
  abort(): void;
}

/** Opens a connection from an address of ours; calls back once, with undefined where it failed. */
export function openConnection(
  localAddress: string,
  address: string,
  port: number,
  done: (socket: Socket | undefined) => void,
): OutgoingAttempt {
  const socket = connect({ host: address, port, localAddress });
  let over = false;
  const finish = (result: Socket | undefined): void => {
    if (over) return;
    over = true;
    socket.removeAllListeners();
    if (result === undefined) destroy(socket);
    done(result);
  };
  socket.once("connect", () => finish(socket));
  socket.once("error", () => finish(undefined));
  return {
    abort() {
      over = true;
      socket.removeAllListeners();
      destroy(socket);
    },
  };
}

/** A socket may still report an error after it has been given up. */
function destroy(socket: Socket): void {
  socket.on("error", () => {});
  socket.destroy();
}
