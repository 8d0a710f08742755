import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/**
 * A stranger at a listener: `node tls-attempt.ts ADDRESS PORT plain|anonymous|certificate [CA [CERTIFICATE KEY]]`. It says
 * the first words of HTTP/2, prints "ready", and then what came of it.
 */
export interface AttemptResult {
  /** True where the listener answered with more than a TLS alert. */
  readonly answered: boolean;
  /** True where the listener ended the connection within the time. */
  readonly closed: boolean;
  /** What the connection ended with. */
  readonly reason: string;
}

/** Connection preface and an empty SETTINGS frame (RFC 9113 section 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
const TLS_ALERT = 0x15;
const WAIT_MS = 3_000;

const [address = "", port = "0", how = "plain", caFile, certificateFile, keyFile] = process.argv.slice(2);
const result = await attempt();
process.stdout.write(`ready\n${JSON.stringify(result)}\n`);
process.exit(0);

function attempt(): Promise<AttemptResult> {
  const socket = open();
  const received: Buffer[] = [];
  let reason = "";
  return new Promise((resolve) => {
    const finish = (closed: boolean): void => {
      const bytes = Buffer.concat(received);
      const answered = bytes.length > 0 && bytes[0] !== TLS_ALERT;
      resolve({ answered, closed, reason });
    };
    const late = setTimeout(() => finish(false), WAIT_MS);
    socket.on("data", (chunk: Buffer) => {
      received.push(chunk);
      if (how === "certificate") finish(false);
    });
    socket.on("error", (failure) => {
      reason = failure.message;
    });
    socket.on("close", () => {
      clearTimeout(late);
      finish(true);
    });
    socket.on(how === "plain" ? "connect" : "secureConnect", () => socket.write(PREFACE));
  });
}

function open(): Socket {
  const to = { host: address, port: Number(port) };
  if (how === "plain") return connect(to);
  const read = (file: string | undefined) => (file === undefined ? {} : { file: readFileSync(file) });
  const { file: ca } = read(caFile);
  const { file: cert } = read(certificateFile);
  const { file: key } = read(keyFile);
  return connectTls({ ...to, ALPNProtocols: ["h2"], ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
}
