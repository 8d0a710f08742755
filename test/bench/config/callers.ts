import { Agent, request } from "node:http";

/** Callers at a time. */
export const CALLERS = 32;

/** Calls of a node's API over kept connections. */
export class Callers {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** One call; gives the answer's text. Rejects for a status above 299. */
  call(method: string, path: string, body?: object): Promise<string> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const options = { host: "127.0.0.1", port: this.#port, agent: this.#agent, method, path, headers };
    const sent = request(options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const answer = Buffer.concat(parts).toString();
        if ((response.statusCode ?? 500) < 300) resolve(answer);
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer.slice(0, 300)}`));
      });
    });
    sent.on("error", reject);
    sent.end(text);
    return promise;
  }

  /** Creates an object of a type; gives its uuid. */
  async create(type: string, object: object): Promise<string> {
    const answer = JSON.parse(await this.call("POST", `/${type}s`, { [type]: object })) as Record<string, unknown>;
    return String((answer[type] as { readonly uuid: unknown }).uuid); // The API's own answer.
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Does a count of things, so many at a time; gives things a second. */
export async function rateOf(
  count: number,
  act: (index: number) => Promise<unknown>,
  signal: AbortSignal,
): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    while (next < count) {
      signal.throwIfAborted();
      await act(next++);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return count / ((performance.now() - startedAt) / 1_000);
}
