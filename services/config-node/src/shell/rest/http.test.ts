import { once } from "node:events";
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { createConnection } from "node:net";
import { expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

interface Call {
  readonly status: number | undefined;
  readonly text: string;
  readonly reused: boolean;
  readonly headers: IncomingHttpHeaders;
}

async function callOver(agent: Agent, method: string, path: string, body = ""): Promise<Call> {
  const call = request(node.base + path, { method, agent });
  call.end(body);
  const [response] = (await once(call, "response")) as [IncomingMessage]; // The event's one argument.
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, text, reused: call.reusedSocket, headers: response.headers };
}

test("one connection carries many calls, also behind a removal with its empty body and behind a refusal", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const uuid = await node.create("virtual-network", [...PROJECT, "kept-alive"]);
  const path = `/virtual-network/${uuid}`;
  const calls: Call[] = [];
  for (const method of ["GET", "DELETE", "GET", "DELETE"]) calls.push(await callOver(agent, method, path));
  calls.push(await callOver(agent, "POST", "/virtual-networks", "{"));
  calls.push(await callOver(agent, "GET", "/"));
  agent.destroy();
  expect(calls.map(({ status }) => status)).toEqual([200, 200, 404, 404, 400, 200]);
  expect(calls.map(({ reused }) => reused)).toEqual([false, true, true, true, true, true]);
  for (const { headers, text } of calls) {
    expect(headers).toMatchObject({ connection: "keep-alive", "content-length": String(Buffer.byteLength(text)) });
  }
});

test("hrefs follow the Host header", async () => {
  const socket = createConnection({ host: "127.0.0.1", port: Number(new URL(node.base).port) });
  socket.write("GET / HTTP/1.1\r\nHost: contrail.example:80\r\nConnection: close\r\n\r\n");
  let received = "";
  for await (const chunk of socket) received += String(chunk);
  expect(received).toContain('"href":"http://contrail.example:80"');
  expect(received).toContain('"href":"http://contrail.example:80/virtual-networks"');
});

test("Expect: 100-continue is answered before the body is sent", async () => {
  const body = JSON.stringify({ "virtual-network": { fq_name: [...PROJECT, "expected"] } });
  const call = request(`${node.base}/virtual-networks`, {
    method: "POST",
    headers: { Expect: "100-continue", "Content-Length": Buffer.byteLength(body), "Content-Type": "application/json" },
  });
  call.flushHeaders();
  await once(call, "continue");
  call.end(body);
  const [response] = await once(call, "response");
  expect(response.statusCode).toBe(200);
  response.resume();
});

test("the same API answers on a unix socket", async () => {
  const call = request({ socketPath: node.socket, path: "/virtual-networks?count=True", headers: { Host: "h" } });
  call.end();
  const [response] = await once(call, "response");
  const text = Buffer.concat(await response.toArray()).toString();
  expect(JSON.parse(text)).toEqual({ "virtual-networks": { count: expect.any(Number) } });
});

test.each(["application/json; charset=UTF-8", "text/plain", "application/x-www-form-urlencoded"])(
  "a body of content type %s is read as JSON",
  async (type) => {
    const body = { type: "domain", fq_name: ["default-domain"] };
    const answer = await node.call("POST", "/fqname-to-id", body, { "Content-Type": type });
    expect(answer.status, answer.text).toBe(200);
  },
);

test.each<[string, string, number]>([
  ["PATCH", "/virtual-networks", 404],
  ["GET", "/no/such/path/at/all", 404],
  ["GET", "/virtual-network/%ff", 400],
  ["GET", "/virtual-network/%", 400],
  ["GET", `/virtual-network/${"x".repeat(5_000)}`, 400],
  ["GET", "/virtual-networks?fields=a&fields=b", 200],
  ["GET", "/prop-collection-get?uuid=a&uuid=b&fields=x&fields=y", 404],
  ["GET", "/virtual-networks?__proto__=1&constructor=2&page_limit=3&page_limit=4", 200],
])("%s %s is a %i with a plain text where it is refused", async (method, path, status) => {
  const answer = await node.call(method, path);
  expect(answer.status, answer.text).toBe(status);
  if (status >= 400) expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
});

test("a content type that is none is a 415", async () => {
  const answer = await node.call("POST", "/fqname-to-id", {}, { "Content-Type": "nonsense" });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([415, "text/plain; charset=utf-8"]);
});

test("an object read with repeated parameters is shown", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "repeated"]);
  const query = "?fields=mtu&fields=display_name&exclude_back_refs=a&exclude_back_refs=true";
  expect(await node.read("virtual-network", uuid, query)).toMatchObject({ uuid });
});
