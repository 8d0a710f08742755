import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";

/** What befalls a write. */
interface Cut {
  /** Counted from 0. */
  readonly write: number;
  /** True: it arrives, and its answer does not. */
  readonly arrives: boolean;
  /** Done at that moment, before the connection ends. */
  readonly meanwhile: () => Promise<void>;
}

/** Calls that only ask, by POST. */
const QUESTIONS = new Set(["/fqname-to-id", "/list-bulk-collection"]);

/** Stands before a configuration node's socket, and cuts one write off: before it arrives, or before its answer does. */
export class CuttingProxy {
  readonly #target: string;
  readonly #server: Server;
  #cut: Cut | undefined;
  /** Writes since the last cutAt. */
  writes = 0;
  /** The same as text: method, path and what came back. */
  written: string[] = [];

  constructor(target: string) {
    this.#target = target;
    this.#server = createServer((call, answer) => void this.#forward(call, answer).catch(() => call.socket.destroy()));
  }

  async listen(socket: string): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(socket, resolve));
  }

  /** write: undefined: cut nothing. meanwhile: as to kill somebody at that moment. */
  cutAt(write: number | undefined, arrives = false, meanwhile: Cut["meanwhile"] = async () => {}): void {
    this.#cut = write === undefined ? undefined : { write, arrives, meanwhile };
    this.writes = 0;
    this.written = [];
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #forward(call: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = Buffer.concat(await call.toArray());
    const isWrite = call.method !== "GET" && !QUESTIONS.has(call.url ?? "");
    const cut = isWrite && this.writes++ === this.#cut?.write ? this.#cut : undefined;
    if (cut !== undefined && !cut.arrives) {
      await cut.meanwhile();
      call.socket.destroy();
      return;
    }
    const { status, text } = await this.#send(call, body);
    if (isWrite) this.written.push(`${call.method} ${call.url} ${status} ${body.toString().slice(0, 1_000)}`);
    await cut?.meanwhile();
    if (cut === undefined) answer.writeHead(status).end(text);
    else call.socket.destroy();
  }

  #send({ method, url, headers }: IncomingMessage, body: Buffer): Promise<{ status: number; text: Buffer }> {
    return new Promise((resolve, reject) => {
      const options = { socketPath: this.#target, method, path: url, headers };
      const call = request(options, (response) => {
        response
          .toArray()
          .then(
            (parts: Buffer[]) => resolve({ status: response.statusCode ?? 500, text: Buffer.concat(parts) }),
            reject,
          );
      });
      call.on("error", reject);
      call.end(body);
    });
  }
}
