import { webcrypto } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { type Identity, identityFiles, type PeerName, peerUri } from "./identity.ts";

const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** Certificates are valid from a little before now: clocks of hosts differ. */
const CLOCK_LEEWAY_MS = 300_000;
const AUTHORITY_LIFE_MS = 10 * 365 * 86_400_000;
const CERTIFICATE_LIFE_MS = 825 * 86_400_000;

/** What a certificate is made for. */
export interface CertificateRequest extends PeerName {
  /** IP addresses and DNS names of the peer, for clients that check them. */
  readonly addresses: readonly string[];
  /** From now; the usual life where absent. */
  readonly lifeMs?: number;
}

/** Makes the development CA in a directory unless it has one: ca.crt, and ca.key readable by its owner only. */
export async function createAuthority(directory: string): Promise<void> {
  if (existsSync(join(directory, "ca.key"))) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(AUTHORITY_LIFE_MS),
    serialNumber: serialNumber(),
    name: "CN=OpenContrail development CA",
    keys,
    signingAlgorithm: KEY_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writeWhole(join(directory, "ca.crt"), certificate.toString("pem"), 0o644);
  writeWhole(join(directory, "ca.key"), await exportKey(keys.privateKey), 0o600);
}

/** Makes key and certificate of a peer, signed by the directory's CA, replacing older ones; gives its files. */
export async function issue(directory: string, request: CertificateRequest): Promise<Identity> {
  const authority = new x509.X509Certificate(readFileSync(join(directory, "ca.crt"), "utf8"));
  const signingKey = await importKey(readFileSync(join(directory, "ca.key"), "utf8"));
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(request.lifeMs ?? CERTIFICATE_LIFE_MS),
    serialNumber: serialNumber(),
    subject: `CN=${request.role}-${request.name}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: KEY_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "url", value: peerUri(request) },
        ...request.addresses.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authority, false),
    ],
  });
  const files = identityFiles(directory, request);
  writeWhole(files.keyFile, await exportKey(keys.privateKey), 0o600);
  writeWhole(files.certificateFile, certificate.toString("pem"), 0o644);
  return files;
}

function validity(lifeMs: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - CLOCK_LEEWAY_MS), notAfter: new Date(now + lifeMs) };
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return Buffer.from(bytes).toString("hex");
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  return webcrypto.subtle.importKey("pkcs8", der ?? new ArrayBuffer(0), KEY_ALGORITHM, false, ["sign"]);
}

function writeWhole(file: string, text: string, mode: number): void {
  rmSync(`${file}.new`, { force: true }); // One that was left half-written would keep its own mode.
  writeFileSync(`${file}.new`, text, { mode, flag: "wx" });
  renameSync(`${file}.new`, file);
}
