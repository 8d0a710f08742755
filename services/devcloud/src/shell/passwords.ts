import { randomBytes, randomInt, scryptSync, timingSafeEqual } from "node:crypto";

const HASH_BYTES = 32;

/** "salt:hash" of a password, by scrypt. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16).toString("hex");
  return `${salt}:${scryptSync(password, salt, HASH_BYTES).toString("hex")}`;
}

/** True where a password is the one of a hash. */
export function isPassword(password: string, stored: string): boolean {
  const [salt = "", hash = ""] = stored.split(":");
  const wanted = Buffer.from(hash, "hex");
  const given = scryptSync(password, salt, HASH_BYTES);
  return wanted.length === HASH_BYTES && timingSafeEqual(wanted, given);
}

const LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";

/** A password for a machine: 10 letters and digits that are not mistaken for one another. */
export function machinePassword(): string {
  return Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

/** An API key or secret: 64 octets in URL-safe base64. */
export function newApiKey(): string {
  return randomBytes(64).toString("base64url");
}
