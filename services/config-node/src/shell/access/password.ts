import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { ContrailError } from "@contrail/errors";
import { ConcurrencyLimit } from "@contrail/runtime";

/** Cost of a hash: 32 MiB and some 100 ms (RFC 7914 section 2). Stored with each, so that it can rise. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Hashes at a time: two of the four threads that libuv has, so that files and names are served meanwhile. */
const MAX_RUNNING = 2;
/** Hashes that wait for their turn; more are refused. */
const MAX_WAITING = 64;
const MIB = 1024 * 1024;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Hashes and checks passwords off the event loop, few at a time. */
export class PasswordHasher {
  readonly #limit: ConcurrencyLimit;
  #decoy: Promise<string> | undefined;

  /** maxWaiting: hashes that wait for their turn; more are refused. */
  constructor(maxWaiting = MAX_WAITING) {
    this.#limit = new ConcurrencyLimit(MAX_RUNNING, maxWaiting, () => {
      const fields = { retryAfterS: 1 };
      return new ContrailError("config.unavailable", "too many logins at once: try again", { fields });
    });
  }

  /** "scrypt$<N>$<r>$<p>$<salt>$<hash>", base64url. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const derived = await this.#derive(password, salt, COST);
    return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString("base64url")}$${derived.toString("base64url")}`;
  }

  /** True where the password is the one of the hash. undefined, for a user that is not there: takes as long, and is false. */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    this.#decoy ??= this.hash(randomBytes(SALT_BYTES).toString("hex"));
    const [, n, r, p, salt = "", hash = ""] = (stored ?? (await this.#decoy)).split("$");
    const cost = { N: Number(n), r: Number(r), p: Number(p) };
    const derived = await this.#derive(password, Buffer.from(salt, "base64url"), cost);
    const wanted = Buffer.from(hash, "base64url");
    return derived.length === wanted.length && timingSafeEqual(derived, wanted) && stored !== undefined;
  }

  #derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
    const options = { ...cost, maxmem: 256 * MIB };
    return this.#limit.run(() => derive(password.normalize("NFC"), salt, HASH_BYTES, options));
  }
}
