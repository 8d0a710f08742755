import type { Clock } from "@contrail/clock";
import type { Logger } from "@contrail/observability";
import { expect, test } from "vitest";
import { CertificateWatch } from "./certificate-watch.ts";

function world() {
  let call: (() => void) | undefined;
  const clock: Clock = {
    wallMs: () => 0,
    monotonicMs: () => 0,
    setTimer: (_delayMs, callback) => {
      call = callback;
      return {
        cancel: () => {
          call = undefined;
        },
      };
    },
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
  };
  const warned: string[] = [];
  const warn = (_text: string, fields?: object) => warned.push(JSON.stringify(fields));
  const logger = { debug: () => {}, info: () => {}, warn, error: () => {} } as unknown as Logger; // As far as it is used.
  const applied: string[] = [];
  const files = { ca: "ca1", cert: "cert1", key: "key1" };
  const read = () => {
    if (files.cert.slice(-1) !== files.key.slice(-1)) throw new Error("key values mismatch");
    return { ca: Buffer.from(files.ca), cert: Buffer.from(files.cert), key: Buffer.from(files.key) };
  };
  const watch = new CertificateWatch({ read, apply: ({ cert }) => applied.push(String(cert)), clock, logger }, read());
  watch.start();
  return { watch, files, applied, warned, tick: () => call?.(), isWaiting: () => call !== undefined };
}

test("a new certificate is served once, a new authority too", () => {
  const { files, applied, tick } = world();
  tick();
  expect(applied).toEqual([]);
  Object.assign(files, { cert: "cert2", key: "key2" });
  tick();
  tick();
  expect(applied).toEqual(["cert2"]);
  files.ca = "ca2";
  tick();
  expect(applied).toEqual(["cert2", "cert2"]);
});

test("files that do not fit yet are told once, and served when they do", () => {
  const { files, applied, warned, tick } = world();
  files.cert = "cert2";
  tick();
  tick();
  expect([applied, warned]).toEqual([[], ['{"reason":"key values mismatch"}']]);
  files.key = "key2";
  tick();
  expect(applied).toEqual(["cert2"]);
});

test("a watch that is stopped looks no more", () => {
  const { watch, tick, isWaiting } = world();
  tick();
  expect(isWaiting()).toBe(true);
  watch.stop();
  expect(isWaiting()).toBe(false);
});
