import { createHash } from "node:crypto";
import { connect, createServer } from "node:net";

/**
 * One end of a bulk TCP transfer. `sink PORT`: prints "listening", then, for each connection, bytes and digest.
 * `source ADDRESS PORT BYTES`: sends, prints bytes and digest.
 */
const [role, ...rest] = process.argv.slice(2);

function sink(port: number): void {
  const server = createServer((socket) => {
    const hash = createHash("sha256");
    let bytes = 0;
    socket.on("data", (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    socket.on("end", () => {
      process.stdout.write(`${bytes} ${hash.digest("hex")}\n`);
      socket.end();
    });
    socket.on("error", (error) => process.stdout.write(`${error.message}\n`));
  });
  server.listen(port, () => process.stdout.write("listening\n"));
}

function source(address: string, port: number, bytes: number): void {
  const payload = Buffer.alloc(bytes, "a line of what goes over the overlay\n");
  const socket = connect({ host: address, port, timeout: 20_000 }, () => socket.end(payload));
  socket.on("timeout", () => socket.destroy(new Error("timed out")));
  socket.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  socket.on("close", () => {
    process.stdout.write(`${bytes} ${createHash("sha256").update(payload).digest("hex")}\n`);
  });
  socket.resume();
}

if (role === "sink") sink(Number(rest[0]));
else source(rest[0] ?? "", Number(rest[1]), Number(rest[2]));
