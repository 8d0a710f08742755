import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";

/** Stands before a configuration node's socket, and cuts one write off: before it arrives, or before its answer does. */
export class CuttingProxy {
  readonly #target: string;
  readonly #server: Server;
  #cut: { readonly write: number; readonly arrives: boolean } | undefined;
  /** Writes since the last cutAt. */
  writes = 0;

  constructor(target: string) {
    this.#target = target;
    this.#server = createServer((call, answer) => void this.#forward(call, answer).catch(() => call.socket.destroy()));
  }

  async listen(socket: string): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(socket, resolve));
  }

  /** write: counted from 0; undefined: cut nothing. */
  cutAt(write: number | undefined, arrives = false): void {
    this.#cut = write === undefined ? undefined : { write, arrives };
    this.writes = 0;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #forward(call: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = Buffer.concat(await call.toArray());
    const isWrite = call.method !== "GET" && call.url !== "/fqname-to-id";
    const cuts = isWrite && this.writes++ === this.#cut?.write;
    if (cuts && !this.#cut?.arrives) {
      call.socket.destroy();
      return;
    }
    const { status, text } = await this.#send(call, body);
    if (cuts) call.socket.destroy();
    else answer.writeHead(status).end(text);
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
