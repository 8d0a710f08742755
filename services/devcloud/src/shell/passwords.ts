import { randomBytes, randomInt, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { ConcurrencyLimit } from "@contrail/runtime";
import { ApiError } from "../core/api-error.ts";

const HASH_BYTES = 32;
/** Derivations at a time: each takes 16 MiB, and one of the four threads that files and host names need too. */
const AT_ONCE = 2;
/** Callers that wait for one; more are refused. */
const MAX_WAITING = 50;

const derive = promisify<string, string, number, Buffer>(scrypt);

/** Hashes passwords by scrypt, off the main thread and a few at a time: who guesses slows nobody else's calls down. */
export class Passwords {
  readonly #limit = new ConcurrencyLimit(
    AT_ONCE,
    MAX_WAITING,
    () => new ApiError(429, "Too many passwords are being checked; try again"),
  );

  /** "salt:hash" of a password. Throws ApiError 429 where too many wait. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16).toString("hex");
    return `${salt}:${(await this.#derive(password, salt)).toString("hex")}`;
  }

  /** True where a password is the one of a hash. Throws ApiError 429 where too many wait. */
  async isRight(password: string, stored: string): Promise<boolean> {
    const [salt = "", hash = ""] = stored.split(":");
    const wanted = Buffer.from(hash, "hex");
    const given = await this.#derive(password, salt);
    return wanted.length === HASH_BYTES && timingSafeEqual(wanted, given);
  }

  #derive(password: string, salt: string): Promise<Buffer> {
    return this.#limit.run(() => derive(password, salt, HASH_BYTES));
  }
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
