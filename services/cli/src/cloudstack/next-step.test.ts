import { ContrailError } from "@contrail/errors";
import { expect, test } from "vitest";
import { withNextStep } from "./next-step.ts";

const URL_TLS = "https://m.example:8080/client/api";
const unreached = (cause: Error) =>
  new ContrailError("cloudstack.unavailable", `CloudStack's API cannot be reached: ${cause.message}`, { cause });
const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

test.each([
  [
    coded("EPROTO", "ssl3_get_record:wrong version number"),
    URL_TLS,
    "it speaks no TLS; http://m.example:8080/client/api?",
  ],
  [coded("ECONNREFUSED"), URL_TLS, "nobody listens there"],
  [new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]), URL_TLS, "nobody listens there"],
  [coded("ENOTFOUND"), URL_TLS, "the host's name is not known here"],
  [coded("SELF_SIGNED_CERT_IN_CHAIN"), URL_TLS, "--ca-file"],
  [coded("ECONNRESET", "socket hang up"), "http://m.example:8443/client/api", "https://m.example:8443/client/api?"],
])("%s of %s is told with what to do", (cause, url, next) => {
  expect(withNextStep(unreached(cause), url).message).toContain(next);
});

test("refusals of CloudStack are told with whose keys are needed", () => {
  const none = new ContrailError("cloudstack.not_available", "CloudStack refused listPhysicalNetworks: no such API");
  expect(withNextStep(none, URL_TLS).message).toMatch(/no such API; the keys of a root administrator are needed/);
  const wrong = new ContrailError("cloudstack.unauthenticated", "unable to verify");
  expect(withNextStep(wrong, URL_TLS).message).toMatch(/unable to verify; are key and secret whole/);
});

test("other errors stay as they are", () => {
  const error = new ContrailError("cloudstack.conflict", "taken", { fields: { refusals: ["taken"] } });
  expect(withNextStep(error, URL_TLS)).toBe(error);
});
