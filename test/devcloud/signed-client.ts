import { signatureOf } from "@contrail/cloudstack-api";

/** An API key with its secret. */
export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
}

/** A JSON object of an answer. */
export type Body = Readonly<Record<string, unknown>>;

/** An answer as it came. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

export type Parameters = Readonly<Record<string, string>>;

const JOB_DEADLINE_MS = 60_000;
const POLL_MS = 20;

/** Calls the API with a key; independent of the project's own client, so that both can be wrong only apart. */
export class SignedClient {
  readonly #url: string;
  readonly #keys: Keys;

  constructor(url: string, keys: Keys) {
    this.#url = url;
    this.#keys = keys;
  }

  /** One call, signed, as it is answered. */
  async send(parameters: Parameters, method: "GET" | "POST" = "GET"): Promise<Reply> {
    const all = { ...parameters, apikey: this.#keys.apiKey };
    const signed = new URLSearchParams({ ...all, signature: signatureOf(all, this.#keys.secretKey) });
    const answer =
      method === "GET" ? await fetch(`${this.#url}?${signed}`) : await fetch(this.#url, { method, body: signed });
    return { status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
  }

  /** What stands below the root key of a JSON answer. Rejects with the error's text. */
  async call(command: string, parameters: Parameters = {}): Promise<Body> {
    const { status, text } = await this.send({ ...parameters, command, response: "json" });
    const [body] = Object.values(JSON.parse(text) as Readonly<Record<string, Body>>); // One root key.
    if (status !== 200) throw new Error(`${command}: ${status} ${String(body?.errortext)}`);
    return body ?? {};
  }

  /** Calls a command that is a job and waits for its end; gives jobresult. Rejects with the job's error text. */
  async job(command: string, parameters: Parameters = {}): Promise<Body> {
    const { jobid } = await this.call(command, parameters);
    const { jobstatus, jobresult } = await this.ended(String(jobid));
    const result = jobresult as Body; // An object in every job that ended.
    if (jobstatus === 1) return result;
    throw new Error(`${command}: ${String(result.errorcode)} ${String(result.errortext)}`);
  }

  /** The answer of queryAsyncJobResult when a job has ended. */
  async ended(jobid: string): Promise<Body> {
    const end = performance.now() + JOB_DEADLINE_MS;
    for (;;) {
      const body = await this.call("queryAsyncJobResult", { jobid });
      if (body.jobstatus !== 0) return body;
      if (performance.now() > end) throw new Error(`job ${jobid} has not ended in time`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
