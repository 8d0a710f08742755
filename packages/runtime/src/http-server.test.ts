import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHttpApp, type HttpListener, serveHttp } from "./http-server.ts";
import { createIntrospect } from "./introspect.ts";
import { PageLink } from "./introspect-html.ts";
import { pageRange } from "./page-range.ts";
import { createMeter } from "./prom-meter.ts";

let directory: string;
let listener: HttpListener;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-http-"));
  writeFileSync(join(directory, "s.sock"), "stale");
  const meter = createMeter();
  meter.counter("contrail_test_calls_total", "calls").add(3);
  const app = createIntrospect(meter, {
    numbers: (query) => ({ big: 2n ** 63n, query }),
    rows: (query) => pageRange(query),
    table: () => [
      { name: "<script>alert('&')</script>", hops: [{ label: 16, via: null }] },
      { name: "b", more: 1n },
    ],
    linked: () => [{ page: new PageLink("rows", { name: 'a"><b&c' }) }],
  });
  listener = await serveHttp(app, ["127.0.0.1:0", `unix:${join(directory, "s.sock")}`]);
});

afterAll(async () => {
  await listener.close();
  rmSync(directory, { recursive: true });
});

function viaSocket(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: join(directory, "s.sock"), path }, async (response) => {
      resolve(Buffer.concat(await response.toArray()).toString());
    });
    call.on("error", reject);
    call.end();
  });
}

test("one application answers on TCP and on a unix socket", async () => {
  const [endpoint] = listener.endpoints;
  const answer = await fetch(`http://${endpoint}/numbers?a=1`);
  expect(await answer.text()).toBe('{"big":"9223372036854775808","query":{"a":"1"}}');
  expect(await viaSocket("/healthz")).toBe('{"status":"ok"}');
  expect(await viaSocket("/metrics")).toContain("contrail_test_calls_total 3");
});

test("a browser gets the same as HTML, in which every name is text", async () => {
  const [endpoint] = listener.endpoints;
  const headers = { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" };
  const answer = await fetch(`http://${endpoint}/table?a=%3Cb%3E%zz`, { headers });
  const page = await answer.text();
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page).toContain('<th scope="col">name</th><th scope="col">hops</th><th scope="col">more</th>');
  expect(page).toContain("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;");
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<b>");
  expect(page).toContain('<a href="/table">/table</a>');
  const refused = await fetch(`http://${endpoint}/rows?limit=0`, { headers });
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("limit: not a number")]);
  expect(await (await fetch(`http://${endpoint}/`, { headers })).text()).toContain('href="/rows"');
});

test("an unknown page is told to a browser in its own form, with the pages that are there; HEAD is answered as GET", async () => {
  const [endpoint] = listener.endpoints;
  const unknown = await fetch(`http://${endpoint}/nothing`, { headers: { accept: "text/html" } });
  expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  expect(await unknown.text()).toContain("there is no page /nothing");
  expect(await (await fetch(`http://${endpoint}/nothing`)).json()).toMatchObject({ pages: expect.any(Array) });
  const statuses = ["/", "/rows", "/nothing"].map((page) => fetch(`http://${endpoint}${page}`, { method: "HEAD" }));
  expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([200, 200, 404]);
});

test("a page's link to another one is a link for browsers, and its path for programs", async () => {
  const [endpoint] = listener.endpoints;
  const path = "/rows?name=a%22%3E%3Cb%26c";
  expect(await (await fetch(`http://${endpoint}/linked`)).json()).toEqual([{ page: path }]);
  const page = await (await fetch(`http://${endpoint}/linked`, { headers: { accept: "text/html" } })).text();
  expect(page).toContain(`<td><a href="${path}">${path}</a></td>`);
});

test("of a parameter that is given twice the last counts", async () => {
  const [endpoint] = listener.endpoints;
  const answer = await fetch(`http://${endpoint}/rows?limit=5&limit=7`);
  expect(await answer.json()).toEqual({ offset: 0, limit: 7 });
});

test("the directory of a unix socket is made, and not those above it", async () => {
  const path = join(directory, "run", "s.sock");
  const made = await serveHttp(createHttpApp(), [`unix:${path}`]);
  expect(existsSync(path)).toBe(true);
  await made.close();
  const deep = `unix:${join(directory, "mistyped", "run", "s.sock")}`;
  await expect(serveHttp(createHttpApp(), [deep])).rejects.toThrow(`cannot listen on ${deep}`);
  expect(existsSync(join(directory, "mistyped"))).toBe(false);
});

test("an address that is taken is named", async () => {
  const [endpoint] = listener.endpoints;
  await expect(serveHttp(createHttpApp(), [String(endpoint)])).rejects.toThrow(`cannot listen on ${endpoint}`);
});

test.each([
  ["of another site", "http://evil.example", 403],
  ["in a sandbox", "null", 403],
  ["of the server itself", undefined, 200],
])("a browser's page %s, with origin %s, gets %i", async (_which, origin, status) => {
  const [endpoint] = listener.endpoints;
  const answer = await fetch(`http://${endpoint}/numbers`, { headers: { origin: origin ?? `http://${endpoint}` } });
  expect(answer.status).toBe(status);
});

/** Status of a request under a Host and from a page of the same; fetch sets its own Host. */
function statusUnder(host: string, origin: string | undefined): Promise<number | undefined> {
  const [address, port] = String(listener.endpoints[0]).split(":");
  const headers = { host, ...(origin === undefined ? {} : { origin }) };
  return new Promise((resolve, reject) => {
    const call = request({ host: address, port, path: "/numbers", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on("error", reject);
    call.end();
  });
}

test.each<[string, string | undefined, number]>([
  ["evil.example:8082", "http://evil.example:8082", 403],
  ["evil.example:8082", undefined, 200],
  ["localhost:8082", "http://localhost:8082", 200],
  ["[::1]:8082", "http://[::1]:8082", 200],
  ["127.0.0.1", "http://127.0.0.1", 200],
])("under the name %s, from a page of %s, the answer is %i", async (host, origin, status) => {
  expect(await statusUnder(host, origin)).toBe(status);
});

test("a page's refusal of its query is a 400 that says why", async () => {
  const answer = await fetch(`http://${listener.endpoints[0]}/rows?limit=many`);
  expect([answer.status, await answer.json()]).toEqual([400, { error: "limit: not a number from 1 to 10000" }]);
});
