import { createSocket } from "node:dgram";
import { createConnection } from "node:net";

/**
 * `dns-client-main.ts SERVER NAME`: asks for an address, or for a name where NAME ends in in-addr.arpa, by UDP and by
 * TCP; prints both answers. Written apart from the agent's codec.
 */
const [server = "", name = ""] = process.argv.slice(2);
const type = name.endsWith(".in-addr.arpa") ? 12 : 1;
const DEADLINE_MS = 5_000;

function question(): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([Buffer.from("777701000001000000000000", "hex"), ...labels, Buffer.of(0, 0, type, 0, 1)]);
}

function text(answer: Buffer): string {
  if (answer.readUInt16BE(0) !== 0x7777) return "another id";
  const code = answer.readUInt16BE(2) & 15;
  if (code !== 0) return code === 3 ? "NXDOMAIN" : `code ${code}`;
  if ((answer.readUInt16BE(2) & 0x0200) !== 0) return "truncated";
  const count = answer.readUInt16BE(6);
  if (count > 1) return `${count} addresses`;
  const data = answer.subarray(question().length + 12);
  return type === 1 ? data.subarray(0, 4).join(".") : nameOf(data);
}

function nameOf(data: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; data[at] !== 0; at += 1 + (data[at] ?? 0))
    labels.push(String(data.subarray(at + 1, at + 1 + (data[at] ?? 0))));
  return labels.join(".");
}

function byUdp(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.on("message", (answer) => {
      socket.close();
      resolve(text(answer));
    });
    socket.on("error", reject);
    socket.connect(53, server, () => socket.send(question()));
  });
}

function byTcp(): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = createConnection({ host: server, port: 53 }, () => {
      const message = question();
      socket.write(Buffer.concat([Buffer.of(0, message.length), message]));
    });
    socket.on("data", (part) => {
      parts.push(part);
      const all = Buffer.concat(parts);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return;
      socket.destroy();
      resolve(text(all.subarray(2)));
    });
    socket.on("error", reject);
  });
}

setTimeout(() => process.exit(1), DEADLINE_MS).unref();
process.stdout.write(`${await byUdp()} ${await byTcp()}`);
