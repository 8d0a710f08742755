import { createHash, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { invalid } from "../core/api-error.ts";

/** A new key pair: private key in PKCS #1 PEM, public key as a line of authorized_keys. */
export async function newSshKey(): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2_048 });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const fields = [Buffer.from("ssh-rsa"), positive(Buffer.from(e, "base64url")), positive(Buffer.from(n, "base64url"))];
  const blob = Buffer.concat(fields.flatMap((field) => [lengthOf(field), field]));
  return {
    privateKey: String(privateKey.export({ format: "pem", type: "pkcs1" })),
    publicKey: `ssh-rsa ${blob.toString("base64")}`,
  };
}

/** MD5 of a public key's octets, by colons (RFC 4716 section 4). Throws ApiError 431 where the text is no key. */
export function fingerprintOf(publicKey: string): string {
  const [type = "", body = ""] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(body, "base64");
  const isKey = /^(ssh-|ecdsa-|sk-)/.test(type) && blob.subarray(4, 4 + type.length).toString() === type;
  if (!isKey) throw invalid("Public key is invalid");
  return createHash("md5")
    .update(blob)
    .digest("hex")
    .replace(/(..)(?=.)/g, "$1:");
}

function lengthOf(field: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
}

/** An mpint of RFC 4251 section 5: a leading zero where the first bit is set. */
function positive(number: Buffer): Buffer {
  return (number[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number;
}
