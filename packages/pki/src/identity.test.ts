import fc from "fast-check";
import { expect, test } from "vitest";
import { identityFiles, peerFromSubjectAltName, peerUri, ROLES } from "./identity.ts";

const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);

test("every peer is found again in the text of its certificate, wherever its URI stands", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ROLES), name, fc.boolean(), (role, peerName, first) => {
      const uri = `URI:${peerUri({ role, name: peerName })}`;
      const text = first ? `${uri}, IP Address:10.0.0.1` : `IP Address:10.0.0.1, ${uri}`;
      expect(peerFromSubjectAltName(text)).toEqual({ role, name: peerName });
    }),
  );
});

test.each([
  "",
  "IP Address:10.0.0.1",
  "DNS:contrail://agent/host1",
  "URI:contrail://root/host1",
  "URI:contrail://agent/",
  "URI:contrail://agent/host1/more",
  "URI:contrail://agent/host 1",
  `URI:contrail://agent/${"x".repeat(65)}`,
  "URI:https://contrail://agent/host1",
])("%j names no peer", (text) => expect(peerFromSubjectAltName(text)).toBeUndefined());

test("two roles of one name have files of their own beside the CA's", () => {
  const control = identityFiles("/pki", { role: "control", name: "a" });
  const agent = identityFiles("/pki", { role: "agent", name: "a" });
  expect(control).toEqual({
    caFile: "/pki/ca.crt",
    certificateFile: "/pki/control-a.crt",
    keyFile: "/pki/control-a.key",
  });
  expect(agent.keyFile).not.toBe(control.keyFile);
});
