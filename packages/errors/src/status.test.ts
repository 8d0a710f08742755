import { expect, test } from "vitest";
import { ContrailError } from "./contrail-error.ts";
import { wireStatus } from "./status.ts";

test.each([
  ["config.not_found", 404, 5],
  ["control.permission_denied", 403, 7],
  ["bus.unavailable", 503, 14],
  ["over_quota", 412, 8],
])("%s is HTTP %i and gRPC %i", (code, http, grpc) => {
  expect(wireStatus(code)).toEqual({ http, grpc });
});

test("an unknown code is an internal error", () => {
  expect(wireStatus("bgp.decode")).toEqual({ http: 500, grpc: 13 });
});

test("an error of ours keeps its code, any other value becomes internal with its cause", () => {
  const ours = new ContrailError("config.conflict", "taken", { fields: { uuid: "u" } });
  expect(ContrailError.from(ours)).toBe(ours);
  const reason = new TypeError("no");
  expect(ContrailError.from(reason)).toMatchObject({ code: "internal", message: "no", cause: reason });
  expect(ContrailError.from("text")).toMatchObject({ code: "internal", message: "text" });
});
