import { expect, test } from "vitest";
import { isPeerName, peerFromSubjectAltName, peerUri } from "./identity.ts";

test.each(["host1", "a", "node-1.example", "x".repeat(64)])("%s is a name that a certificate gives back", (name) => {
  expect(isPeerName(name)).toBe(true);
  expect(peerFromSubjectAltName(`URI:${peerUri({ role: "agent", name })}, IP Address:10.0.0.1`)).toEqual({
    role: "agent",
    name,
  });
});

test.each(["", "..", "../ca", "a/b", "a,URI:x", "x".repeat(65), "ä"])("%j is no name", (name) => {
  expect(isPeerName(name)).toBe(false);
});

test("a certificate of another scheme, of an unknown role, or of none names nobody", () => {
  for (const text of ["URI:spiffe://agent/host1", "URI:contrail://root/host1", "DNS:contrail", ""]) {
    expect(peerFromSubjectAltName(text)).toBeUndefined();
  }
});
