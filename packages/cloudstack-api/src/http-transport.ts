import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { ContrailError } from "@contrail/errors";
import { type HttpReply, wholeAnswer } from "@contrail/http-call";
import type { ApiParameters } from "./signature.ts";

/** Sends parameters of one request, gives the answer. Rejects with "cloudstack.unavailable". */
export type Transport = (parameters: ApiParameters) => Promise<HttpReply>;

/** Where the API is, and the bounds of one call. */
export interface HttpTarget {
  /** http(s)://<host>[:port]/client/api */
  readonly url: string;
  /** Unix socket of a plain API, in place of the URL's host. */
  readonly socketPath?: string | undefined;
  /** Certificates in PEM of authorities that the system does not know. */
  readonly certificateAuthority?: string | undefined;
  /** Milliseconds. */
  readonly deadlineMs?: number;
  /** Bytes of an answer; larger ones are refused. */
  readonly limitBytes?: number;
}

const DEADLINE_MS = 30_000;
const LIMIT_BYTES = 64 * 1024 * 1024;
/** Longer requests go by POST: servers bound the length of a URL. */
const MAX_QUERY = 2_000;
const MAX_CONNECTIONS = 4;

/** Commands that change nothing: they may be asked a second time. */
const READS = /^(list|get|query)[A-Z]/;
/** What a connection says that the server had closed before it was used again. */
const CLOSED = new Set(["ECONNRESET", "EPIPE"]);

/**
 * Requests over HTTP or HTTPS, connections kept. A server closes what it has kept for long, perhaps in the moment in which
 * it is used again: what only reads is then asked once more, on a new connection and within the same deadline. Throws
 * "cloudstack.bad_request" for a URL that is none.
 */
export function httpTransport(target: HttpTarget): Transport {
  const url = checkedUrl(target.url);
  const { deadlineMs = DEADLINE_MS } = target;
  const kept = sender(url, target, true);
  const fresh = sender(url, target, false);
  return (parameters) => {
    const endMs = performance.now() + deadlineMs;
    const { call, answer } = kept(parameters, deadlineMs);
    const again = (reason: NodeJS.ErrnoException): Promise<HttpReply> => {
      const isAgain = call.reusedSocket && CLOSED.has(reason.code ?? "") && READS.test(parameters.command ?? "");
      if (!isAgain) throw reason;
      return fresh(parameters, Math.max(1, endMs - performance.now())).answer;
    };
    return answer.catch(again).catch((cause: Error) => {
      const message = `CloudStack's API at ${target.url} cannot be reached: ${bounded(cause.message || cause.name)}`;
      throw new ContrailError("cloudstack.unavailable", message, { cause });
    });
  };
}

/** A request that was sent, and its answer. */
interface Sent {
  readonly call: ClientRequest;
  readonly answer: Promise<HttpReply>;
}

/** What sends requests. keepAlive: on connections that may have been used before. */
function sender(
  url: URL,
  { socketPath, certificateAuthority, limitBytes = LIMIT_BYTES }: HttpTarget,
  keepAlive: boolean,
): (parameters: ApiParameters, deadlineMs: number) => Sent {
  const secure = url.protocol === "https:";
  const pool = { keepAlive, maxSockets: MAX_CONNECTIONS };
  const ca = certificateAuthority === undefined ? {} : { ca: certificateAuthority };
  const agent = secure ? new HttpsAgent({ ...pool, ...ca, minVersion: "TLSv1.2" }) : new HttpAgent(pool);
  const fixed = { agent, ...(socketPath === undefined ? {} : { socketPath }) };
  return (parameters, deadlineMs) => {
    const form = new URLSearchParams(parameters).toString();
    const post = form.length > MAX_QUERY;
    const where = new URL(post ? url : `${url}?${form}`);
    const headers = post ? { "Content-Type": "application/x-www-form-urlencoded" } : {};
    const options = { ...fixed, method: post ? "POST" : "GET", headers };
    const call = secure ? requestHttps(where, options) : requestHttp(where, options);
    const answer = wholeAnswer(call, { deadlineMs, limitBytes });
    call.end(post ? form : undefined);
    return { call, answer };
  };
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.username === "") return url;
  const message = `${JSON.stringify(bounded(text))} is no URL of CloudStack's API; wanted: https://<host>/client/api`;
  throw new ContrailError("cloudstack.bad_request", message);
}

/** Text of a stranger, short enough for a log. */
export function bounded(text: string): string {
  const MAX = 500;
  return text.length <= MAX ? text : `${text.slice(0, MAX)} …`;
}
