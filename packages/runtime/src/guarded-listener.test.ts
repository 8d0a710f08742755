import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "@contrail/observability";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GuardedOptions, serveGuarded, serveIntrospect } from "./guarded-listener.ts";
import { createHttpApp } from "./http-server.ts";
import { systemClock } from "./system-clock.ts";

const logger = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger; // As far as it is used.
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "contrail-guarded-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const parts = (files: GuardedOptions["files"]) => ({ files, advice: "set --pki-dir", clock: systemClock, logger });
const missing = () => ({
  caFile: join(directory, "a"),
  certificateFile: join(directory, "b"),
  keyFile: join(directory, "c"),
});

test.each(["0.0.0.0:0", "[::]:0", "198.51.100.1:0"])(
  "%s is not served without a certificate, and the refusal says what to do",
  async (listen) => {
    const text = expect.stringMatching(/is reached from other machines and needs TLS: .*; set --pki-dir$/);
    const refusal = { code: "settings.bad_request", message: text };
    for (const files of [undefined, missing()]) {
      const options = { ...parts(files), listen, socket: join(directory, "s.sock"), mutual: false };
      await expect(serveGuarded(createHttpApp(), options)).rejects.toMatchObject(refusal);
      const settings = { introspectListen: listen, introspectSocket: "" };
      await expect(serveIntrospect(createHttpApp(), settings, parts(files))).rejects.toMatchObject(refusal);
    }
  },
);

test("loopback and a unix socket are plain and need no certificate", async () => {
  const app = createHttpApp();
  app.get("/", () => ({ hello: "you" }));
  const socket = join(directory, "plain.sock");
  const options = { ...parts(undefined), listen: "127.0.0.1:0", socket, mutual: true };
  const listener = await serveGuarded(app, options);
  expect(listener.endpoints).toEqual([expect.stringMatching(/^127\.0\.0\.1:[1-9]/), `unix:${socket}`]);
  expect((await fetch(`http://${listener.endpoints[0]}/`)).status).toBe(200);
  await listener.close();
});
