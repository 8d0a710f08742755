import { type LookupAddress, lookup } from "node:dns";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Of an answer, so much is read and kept. */
export const MAX_RESPONSE_BYTES = 500;

/** Addresses by which a host reaches itself or its own links: RFC 6890, and RFC 4291 sections 2.5.2, 2.5.3 and 2.5.6. */
const LOCAL = new BlockList();
for (const [net, prefixLength] of [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
] as const)
  LOCAL.addSubnet(net, prefixLength, "ipv4");
for (const address of ["::", "::1"]) LOCAL.addAddress(address, "ipv6");
LOCAL.addSubnet("fe80::", 10, "ipv6");

/** True for a loopback, link-local or unspecified address, IPv4 in IPv6 too; false for a name. */
export function isLocalAddress(host: string): boolean {
  const address = host.replace(/^\[|\]$|%.*$/g, ""); // As it stands in a URL, or with a zone.
  const family = isIP(address);
  return family !== 0 && LOCAL.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** A lookup that gives no local address; the socket connects to what was checked, so a name cannot change meanwhile. */
const remoteOnly: LookupFunction = (host, options, callback) => {
  lookup(host, options, (error, found: string | LookupAddress[], family) => {
    const addresses = typeof found === "string" ? [found] : (found ?? []).map(({ address }) => address);
    if (error === null && addresses.some(isLocalAddress)) callback(new Error(`${host} is a local address`), "");
    else callback(error, found, family);
  });
};

/** What is sent to a webhook. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** False refuses local addresses: what answers there trusts this host, and a delivery shows the answer to its owner. */
  readonly mayBeLocal: boolean;
}

/** A POST that follows no redirect: whether it was taken (2xx), and the beginning of the answer. Rejects without one. */
export async function postToWebhook(
  { url, headers, body, mayBeLocal }: WebhookRequest,
  signal: AbortSignal,
): Promise<{ readonly success: boolean; readonly response: string }> {
  const target = new URL(url);
  if (!mayBeLocal && isLocalAddress(target.hostname)) throw new Error(`${target.hostname} is a local address`);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = target.protocol === "https:" ? requestHttps : requestHttp;
  // No agent: a connection that is kept open for another webhook was not checked for this one.
  const options = { method: "POST", headers, signal, agent: false, ...(mayBeLocal ? {} : { lookup: remoteOnly }) };
  send(target, options, resolve).on("error", reject).end(body);
  const answer = await promise;
  const status = answer.statusCode ?? 0;
  return { success: status >= 200 && status < 300, response: await beginningOf(answer) };
}

/** The beginning of an answer's text; the rest is not read. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= MAX_RESPONSE_BYTES) break; // Leaving the loop ends the connection.
  }
  return Buffer.concat(parts).subarray(0, MAX_RESPONSE_BYTES).toString();
}
