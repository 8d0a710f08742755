import { createConnection, createServer, type Server, type Socket } from "node:net";

/**
 * Stands before servers that tell their clients each other's addresses and not their ports: it listens on one port of each
 * address. While it swallows, what clients send arrives, and no answer does.
 */
export class ByteProxy {
  readonly #servers: Server[] = [];
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #isSwallowing = false;
  /** Bytes of answers that were swallowed. */
  swallowed = 0;

  async listen(addresses: readonly string[], port: number, targetPort: number): Promise<void> {
    for (const host of addresses) {
      const server = createServer((client) => this.#join(client, createConnection({ host, port: targetPort })));
      this.#servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host, port }, resolve);
      });
    }
  }

  swallow(): void {
    this.#isSwallowing = true;
  }

  /** Lets answers through again; cut: on new connections only, the old ones end. */
  restore(cut: boolean): void {
    this.#isSwallowing = false;
    if (cut) this.#cutAll();
  }

  async close(): Promise<void> {
    this.#cutAll();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #cutAll(): void {
    for (const [client, target] of this.#pairs) {
      client.destroy();
      target.destroy();
    }
  }

  #join(client: Socket, target: Socket): void {
    const pair = [client, target] as const;
    this.#pairs.add(pair);
    // A connection that has lost a part of an answer is of no use any more.
    let isBroken = false;
    client.on("data", (bytes) => target.write(bytes));
    target.on("data", (bytes) => {
      if (this.#isSwallowing) isBroken = true;
      if (isBroken) this.swallowed += bytes.length;
      else client.write(bytes);
    });
    for (const [one, other] of [pair, [target, client] as const]) {
      one.on("error", () => undefined); // "close" follows.
      one.on("close", () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
  }
}
