import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthority, issue } from "./authority.ts";
import { type Identity, peerFromSubjectAltName } from "./identity.ts";

let directory: string;
let identity: Identity;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-pki-"));
  await createAuthority(directory);
  identity = await issue(directory, { role: "agent", name: "host1", addresses: ["172.30.1.2"] });
});

afterAll(() => rmSync(directory, { recursive: true }));

const certificate = (file: string) => new X509Certificate(readFileSync(file));

test("making the CA again changes nothing", async () => {
  const before = readFileSync(identity.caFile, "utf8");
  await createAuthority(directory);
  expect(readFileSync(identity.caFile, "utf8")).toBe(before);
});

test("a certificate names its holder and its addresses, is the CA's, and is none itself", () => {
  const authority = certificate(identity.caFile);
  const issued = certificate(identity.certificateFile);
  expect(peerFromSubjectAltName(issued.subjectAltName ?? "")).toEqual({ role: "agent", name: "host1" });
  expect(issued.checkIP("172.30.1.2")).toBe("172.30.1.2");
  expect(issued.verify(authority.publicKey)).toBe(true);
  expect([authority.ca, issued.ca]).toEqual([true, false]);
});

test("a certificate names hosts by DNS name too, for clients that call by one", async () => {
  const request = { role: "plugin", name: "plugin1", addresses: ["172.30.1.9", "plugin.example"] } as const;
  const issued = certificate((await issue(directory, request)).certificateFile);
  expect([issued.checkHost("plugin.example"), issued.checkIP("172.30.1.9")]).toEqual(["plugin.example", "172.30.1.9"]);
  expect(issued.checkHost("other.example")).toBeUndefined();
  expect(peerFromSubjectAltName(issued.subjectAltName ?? "")).toEqual({ role: "plugin", name: "plugin1" });
});

test("keys are P-256 and readable by their owner only", () => {
  expect(certificate(identity.certificateFile).publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  for (const file of [identity.keyFile, join(directory, "ca.key")]) expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a peer that is issued again gets a new key and another serial number", async () => {
  const before = certificate(identity.certificateFile);
  const again = certificate((await issue(directory, { role: "agent", name: "host1", addresses: [] })).certificateFile);
  expect(again.serialNumber).not.toBe(before.serialNumber);
  expect(again.publicKey.equals(before.publicKey)).toBe(false);
});
