import { expect, test } from "vitest";
import { successAnswer } from "./answer.ts";
import { readCloudNetwork } from "./cloud.ts";

/** As recordings/api/304 has it. */
function network(details?: unknown): Readonly<Record<string, unknown>> {
  return {
    id: "439421e6-ecf7-4bcd-95cb-19bb63e7bc2b",
    name: "extnet",
    state: "Implemented",
    broadcasturi: "lswitch:cs-net-293",
    domainid: "79e0ac27-e7ac-11f1-a3d5-02fc00000001",
    ...(details === undefined ? {} : { details }),
  };
}

const OWN = JSON.stringify(successAnswer({ kind: "device", name: "ensure-network-device" }, "293"));

test.each([
  ["without details", undefined],
  ["with other details", { "some.detail": "x" }],
  ["with what ensure-network-device answered", { "extension.details": OWN }],
  ["with details that are no JSON", { "extension.details": "{" }],
])("a network %s and our broadcast URI is ours", (_what, details) => {
  expect(readCloudNetwork(network(details)).networkId).toBe("293");
});

test("a network of another extension, which names its networks as we do, is not ours", () => {
  const recorded = { "extension.details": '{"device": "net-293", "host": "192.0.2.10"}' };
  expect(readCloudNetwork(network(recorded)).networkId).toBeUndefined();
});
