import { createInterface } from "node:readline";
import { openPacketSocket } from "@contrail/netns";

/** `raw-port-main.ts DEVICE`: sends each line of hexadecimal as a frame, and prints each received frame as one. */
const socket = openPacketSocket(process.argv[2] ?? "");
if (socket === undefined) throw new Error("no such device");
socket.onReadable(() => {
  for (let received = socket.receive(); received.kind === "frame"; received = socket.receive()) {
    process.stdout.write(`${Buffer.from(received.frame).toString("hex")}\n`);
  }
});
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) socket.send(Buffer.from(line, "hex"));
socket.close();
