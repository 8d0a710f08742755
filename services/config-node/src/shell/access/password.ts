import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { ContrailError } from "@contrail/errors";

/** Cost of a hash: 32 MiB and some 100 ms (RFC 7914 section 2). Stored with each, so that it can rise. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Hashes at a time: two of the four threads that libuv has, so that files and names are served meanwhile. */
const MAX_RUNNING = 2;
/** Hashes that wait for their turn; more are refused. */
const MAX_WAITING = 64;
const MIB = 1024 * 1024;

/** Hashes and checks passwords off the event loop, few at a time. */
export class PasswordHasher {
  readonly #maxWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #decoy: Promise<string> | undefined;

  /** maxWaiting: hashes that wait for their turn; more are refused. */
  constructor(maxWaiting = MAX_WAITING) {
    this.#maxWaiting = maxWaiting;
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

  async #derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
    await this.#enter();
    try {
      const options = { ...cost, maxmem: 256 * MIB };
      return await new Promise((resolve, reject) => {
        scrypt(password.normalize("NFC"), salt, HASH_BYTES, options, (reason, key) => {
          if (reason === null) resolve(key);
          else reject(reason);
        });
      });
    } finally {
      this.#leave();
    }
  }

  /** Resolves when there is a place; whoever leaves hands his over. */
  #enter(): Promise<void> {
    if (this.#running < MAX_RUNNING) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      const fields = { retryAfterS: 1 };
      throw new ContrailError("config.unavailable", "too many logins at once: try again", { fields });
    }
    return new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
