import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { HttpReply } from "@contrail/http-call";
import { bounded, type Transport } from "./http-transport.ts";
import { type ApiParameters, signatureOf } from "./signature.ts";

/** An API key with its secret. */
export interface ApiKeys {
  readonly apiKey: string;
  readonly secretKey: string;
}

/** A JSON object of an answer. */
export type ApiObject = Readonly<Record<string, unknown>>;

/** The most that CloudStack gives at once unless an operator lowered it (default.page.size). */
const PAGE_SIZE = 500;
/** recordings/api/245: how CloudStack refuses a larger page, and names the largest. */
const LARGEST_PAGE = /max allowed page size value: ([1-9]\d{0,5})/;
/** More items than a list of any cloud has: what gives more has no end. */
const MAX_ITEMS = 1_000_000;
const SIGNATURE_LIFE_MS = 10 * 60_000;
const JOB_DEADLINE_MS = 15 * 60_000;
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 2_000;
const NEVER = new AbortController().signal;

/** Codes by HTTP status, as `recordings` and ApiErrorCode.java of CloudStack 4.23 have them. */
const CODES: Readonly<Record<number, string>> = {
  401: "cloudstack.unauthenticated",
  430: "cloudstack.unsupported",
  431: "cloudstack.bad_request",
  432: "cloudstack.not_available",
  531: "cloudstack.permission_denied",
  533: "cloudstack.over_quota",
  535: "cloudstack.over_quota",
  537: "cloudstack.conflict",
};

/**
 * A client of CloudStack's public API. Refusals reject with a ContrailError that has CloudStack's text; where no answer of
 * CloudStack came, with "cloudstack.unavailable". Requests are signed (version 3, valid for ten minutes).
 */
export class CloudStackClient {
  readonly #transport: Transport;
  readonly #keys: ApiKeys;
  readonly #clock: Clock;
  readonly #longestPollMs: number;

  /** longestPollMs: how long a job's end may go unseen; 2 s, so that a busy server is not asked too often. */
  constructor(transport: Transport, keys: ApiKeys, clock: Clock, longestPollMs = LONGEST_POLL_MS) {
    this.#transport = transport;
    this.#keys = keys;
    this.#clock = clock;
    this.#longestPollMs = longestPollMs;
  }

  /** One call; gives what stands below the root key. Parameters that are undefined are left out. */
  async call(command: string, parameters: Readonly<Record<string, string | undefined>> = {}): Promise<ApiObject> {
    const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const unsigned: ApiParameters = {
      ...Object.fromEntries(given),
      command,
      response: "json",
      apikey: this.#keys.apiKey,
      signatureversion: "3",
      expires: expiry(this.#clock.wallMs() + SIGNATURE_LIFE_MS),
    };
    const reply = await this.#transport({ ...unsigned, signature: signatureOf(unsigned, this.#keys.secretKey) });
    return answerOf(command, reply);
  }

  /**
   * The items of a list command, page by page. key: name of the list in the answer, as "network". What changes between two
   * pages may be missed, or come twice: items of one id are given once.
   */
  async *pages(
    command: string,
    key: string,
    parameters: Readonly<Record<string, string | undefined>> = {},
  ): AsyncGenerator<readonly ApiObject[]> {
    const given = new Set<unknown>();
    let size = PAGE_SIZE;
    const ask = (page: number) => this.call(command, { ...parameters, page: `${page}`, pagesize: `${size}` });
    const first = await ask(1).catch((reason: unknown) => {
      size = largestPage(reason);
      return ask(1);
    });
    for (let page = 1, items = 0; items <= MAX_ITEMS; page++) {
      const body = page === 1 ? first : await ask(page);
      const fresh = itemsOf(body, key).filter(({ id }) => !given.has(id));
      const before = given.size;
      for (const { id } of fresh) if (id !== undefined) given.add(id);
      items += fresh.length;
      // The count is of all pages, where there is one. A page that brings nothing new ends the list, whatever it says.
      if (fresh.length === 0) return;
      yield fresh;
      if (given.size >= Number(body.count ?? Number.POSITIVE_INFINITY)) return;
      // Items without an id come again for ever where a server knows no pages.
      if (before > 0 && given.size === before) return;
    }
    const message = `${command} has answered more than ${MAX_ITEMS} items; nothing is done with a list without an end`;
    throw new ContrailError("cloudstack.unavailable", message);
  }

  /** All items of a list command, as pages() gives them. */
  async list(
    command: string,
    key: string,
    parameters: Readonly<Record<string, string | undefined>> = {},
  ): Promise<readonly ApiObject[]> {
    const all: ApiObject[] = [];
    for await (const page of this.pages(command, key, parameters)) all.push(...page);
    return all;
  }

  /** An asynchronous command; gives its job's result. Rejects as call() where the job failed, and when the signal aborts. */
  async run(
    command: string,
    parameters: Readonly<Record<string, string | undefined>> = {},
    signal: AbortSignal = NEVER,
  ): Promise<ApiObject> {
    const { jobid } = await this.call(command, parameters);
    if (typeof jobid !== "string") {
      throw new ContrailError("cloudstack.unavailable", `${command} answered without a job`);
    }
    const deadline = this.#clock.monotonicMs() + JOB_DEADLINE_MS;
    for (let wait = FIRST_POLL_MS; this.#clock.monotonicMs() < deadline; wait *= 2) {
      const job = await this.call("queryAsyncJobResult", { jobid });
      const result = objectOf(job.jobresult);
      if (job.jobstatus === 1) return result;
      if (job.jobstatus === 2) throw refusal(command, Number(job.jobresultcode ?? result.errorcode ?? 530), result);
      await this.#clock.sleep(Math.min(wait, this.#longestPollMs), signal);
    }
    throw new ContrailError("cloudstack.unavailable", `job ${jobid} of ${command} has not ended in time`);
  }
}

function answerOf(command: string, { status, text }: HttpReply): ApiObject {
  const body = bodyOf(text);
  if (status === 200 && body !== undefined) return body;
  if (body === undefined) {
    const message = `what answered ${command} is not CloudStack's API (HTTP status ${status}); is the URL right?`;
    throw new ContrailError("cloudstack.unavailable", message, { fields: { command, status } });
  }
  throw refusal(command, status, body);
}

/** What stands below the one root key, as "listnetworksresponse"; undefined where the text is no such answer. */
function bodyOf(text: string): ApiObject | undefined {
  try {
    const roots: readonly unknown[] = Object.values(objectOf(JSON.parse(text)));
    const [root] = roots;
    return roots.length === 1 && typeof root === "object" && root !== null ? objectOf(root) : undefined;
  } catch {
    return undefined;
  }
}

function itemsOf(body: ApiObject, key: string): readonly ApiObject[] {
  return Array.isArray(body[key]) ? body[key].map(objectOf) : [];
}

/** The page size that a refusal allows. Throws the refusal where it is about something else. */
function largestPage(reason: unknown): number {
  const [, size] = LARGEST_PAGE.exec(ContrailError.from(reason).message) ?? [];
  if (size === undefined) throw reason;
  return Math.min(PAGE_SIZE, Number(size));
}

function refusal(command: string, status: number, body: ApiObject): ContrailError {
  const text = typeof body.errortext === "string" ? bounded(body.errortext) : "no reason given";
  const code = CODES[status] ?? "cloudstack.failed";
  return new ContrailError(code, `CloudStack refused ${command}: ${text}`, { fields: { command, status } });
}

function objectOf(value: unknown): ApiObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as ApiObject) : {}; // Checked.
}

/** As 2026-11-26T03:20:00+0000 (ApiServer.java: yyyy-MM-dd'T'HH:mm:ssZ). */
function expiry(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}+0000`;
}
