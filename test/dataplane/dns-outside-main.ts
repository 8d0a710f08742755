import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/**
 * `dns-outside-main.ts ADDRESS`: a name server of the outside on port 53 of the address, by UDP and TCP. Every name is
 * 192.0.2.80; one that begins with "long" has 200 addresses.
 */
const [address = ""] = process.argv.slice(2);

function answerTo(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const plain = Buffer.from(question.subarray(0, end));
  const times = String(question.subarray(13, 17)) === "long" ? 200 : 1;
  Buffer.of(0x81, 0x80, 0, 1, 0, times, 0, 0, 0, 0).copy(plain, 2);
  const record = Buffer.of(0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 80);
  return Buffer.concat([plain, ...Array.from({ length: times }, () => record)]);
}

const udp = createSocket("udp4");
udp.on("message", (question, { address: from, port }) => udp.send(answerTo(question), port, from));
udp.bind(53, address);
createServer((socket) => {
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    const answer = answerTo(chunk.subarray(2));
    socket.write(Buffer.concat([Buffer.of(answer.length >> 8, answer.length & 255), answer]));
  });
}).listen(53, address);
