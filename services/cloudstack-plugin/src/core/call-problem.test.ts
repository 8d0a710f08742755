import { ContrailError } from "@contrail/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { callOf, framesOf, problemOf, tellable } from "./call-problem.ts";
import { commandOf } from "./command-list.ts";

const SOCKET = "/run/contrail/config-rest.sock";

test("a call tells its network and NIC, whatever else is wrong with it", () => {
  const file = JSON.stringify({ payload: { network_id: "208", nic_id: 7, mac: "none" } });
  expect(callOf("prepare-nic", file)).toEqual({ command: "prepare-nic", networkId: "208", nicId: "7" });
  expect(callOf("custom-action", '{"network_id":"208","action":"x"}')).toMatchObject({ networkId: "208" });
  expect(callOf("constructor", "{")).toEqual({ command: "unknown", networkId: undefined, nicId: undefined });
  expect(callOf("prepare-nic", '{"payload":{"network_id":"$(id)"}}')).toMatchObject({ networkId: undefined });
});

test("whatever file comes, its call is told", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (file) => {
      expect(callOf("prepare-nic", file).command).toBe("prepare-nic");
    }),
  );
});

test("of a fault inside only its kind and its frames are told: texts of the runtime quote what was read", () => {
  const secret = "hunter2hunter2";
  const fault = ((): unknown => {
    try {
      return JSON.parse(`${secret}\n    at ${secret}`);
    } catch (reason) {
      return reason;
    }
  })();
  expect(String(fault)).toContain("hunter2");
  const error = tellable(fault);
  expect(error).toMatchObject({ code: "internal", message: "a fault inside the plugin (SyntaxError)" });
  const frames = framesOf(fault);
  expect(frames.length).toBeGreaterThan(0);
  expect(JSON.stringify([error.message, error.fields, frames])).not.toContain("hunter2");
  for (const thrown of [secret, { secret }, undefined]) expect(tellable(thrown).message).not.toContain(secret);
});

test("a body over the bound and a request that broke off have codes of their own", () => {
  const withStatus = (statusCode: number) => Object.assign(new Error("of fastify"), { statusCode });
  expect(tellable(withStatus(413)).code).toBe("cloudstack.too_large");
  expect(tellable(withStatus(400)).code).toBe("cloudstack.bad_request");
  expect(tellable(withStatus(500)).code).toBe("internal");
});

test("a text is one line of at most 500 characters", () => {
  const text = tellable(new ContrailError("vnc.conflict", `a\u001b[31m\nb${"x".repeat(600)}`)).message;
  expect(text).toHaveLength(500);
  expect(text).toMatch(/^a \[31m b/);
});

test.each([
  ["prepare-nic", "vnc.unavailable", /contrail status.*\/run\/contrail\/config-rest\.sock/],
  ["apply-fw-rules", "cloudstack.unsupported", /Take the service Firewall off the network offering/],
  ["apply-lb-rules", "cloudstack.unsupported", /Take the service Lb off/],
  ["add-static-nat", "cloudstack.unsupported", /Take the service StaticNat off/],
  ["apply-network-acl", "cloudstack.unsupported", /Take the service NetworkACL off/],
  ["set-dhcp-options", "cloudstack.unsupported", /extra DHCP options/],
  ["implement-vpc", "cloudstack.unsupported", /isolated network/],
  ["prepare-nic", "cloudstack.conflict", /virtual-machine-interface u1/],
  ["prepare-nic", "vnc.conflict", /contrail api get/],
  ["prepare-nic", "cloudstack.bad_request", /CloudStack 4\.23/],
  ["unknown", "cloudstack.not_found", /up to date/],
  ["prepare-nic", "internal", /fault of the plugin/],
])("what to do after %s failed by %s is told", (command, code, text) => {
  const call = { command, networkId: "1", nicId: undefined };
  const error = new ContrailError(code, "why", { fields: { object: "virtual-machine-interface u1" } });
  expect(problemOf(call, error, SOCKET)).toMatchObject({ code, text: "why", next: expect.stringMatching(text) });
});

test("every command that this version refuses has an advice of its own kind", () => {
  const names = ["assign-ip", "release-ip", "delete-static-nat", "add-port-forward", "custom-action", "shutdown-vpc"];
  for (const name of names) {
    expect(commandOf(name)?.kind, name).toBe("unsupported");
    const { next } = problemOf(
      { command: name, networkId: undefined, nicId: undefined },
      new ContrailError("cloudstack.unsupported", ""),
      SOCKET,
    );
    expect(next, name).toMatch(/offering/);
  }
});
