import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ObjectStore } from "@contrail/store";
import {
  type ApiKey,
  type Grant,
  isExpired,
  nameProblem,
  passwordProblem,
  type Scope,
  type User,
} from "../../core/access/account.ts";
import { bad } from "../../core/request-body.ts";
import type { PasswordHasher } from "./password.ts";
import { RecordStore } from "./record-store.ts";

const SECRET_BYTES = 32;
/** Keys of one user. */
const MAX_KEYS = 100;
const KEY = /^ck_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** Users and API keys, in records that all nodes share. */
export class Accounts {
  readonly #users: RecordStore<User>;
  readonly #keys: RecordStore<ApiKey>;
  readonly #clock: Clock;
  readonly hasher: PasswordHasher;

  constructor(store: ObjectStore, clock: Clock, hasher: PasswordHasher) {
    this.#users = new RecordStore(store, "user");
    this.#keys = new RecordStore(store, "key");
    this.#clock = clock;
    this.hasher = hasher;
  }

  async users(): Promise<readonly User[]> {
    const all = (await this.#users.all()).map(({ value }) => value);
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  user(name: string): Promise<User | undefined> {
    return this.#users.read(name);
  }

  async addUser(name: string, password: string, grants: readonly Grant[]): Promise<User> {
    const problem = nameProblem(name) ?? passwordProblem(password, name);
    if (problem !== undefined) throw bad(problem);
    const user: User = {
      id: randomUUID().replaceAll("-", ""),
      name,
      password: await this.hasher.hash(password),
      grants,
      generation: randomUUID(),
      createdMs: this.#clock.wallMs(),
    };
    if (!(await this.#users.create(name, user))) throw new ContrailError("config.conflict", `user ${name} exists`);
    return user;
  }

  /** Ends all sessions of the user; keys stay. */
  async setPassword(name: string, password: string): Promise<void> {
    const problem = passwordProblem(password, name);
    if (problem !== undefined) throw bad(problem);
    const hash = await this.hasher.hash(password);
    const before = await this.#users.change(name, (user) => ({ ...user, password: hash, generation: randomUUID() }));
    if (before === undefined) throw noUser(name);
  }

  /** Gives the user these roles in place of those that it has; ends its sessions. */
  async setGrants(name: string, grants: readonly Grant[]): Promise<void> {
    const before = await this.#users.change(name, (user) => ({ ...user, grants, generation: randomUUID() }));
    if (before === undefined) throw noUser(name);
  }

  /** Removes the user with its keys; its sessions are over. */
  async removeUser(name: string): Promise<void> {
    if ((await this.#users.change(name, () => undefined)) === undefined) throw noUser(name);
    for (const key of await this.keys()) if (key.user === name) await this.revokeKey(key.id);
  }

  async keys(): Promise<readonly ApiKey[]> {
    const all = (await this.#keys.all()).map(({ value }) => value);
    return all.sort((a, b) => a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1));
  }

  /** Makes a key of a user; its text is given here and never again. */
  async addKey(
    user: User,
    scope: Scope,
    lifeMs: number | undefined,
  ): Promise<{ readonly key: ApiKey; readonly text: string }> {
    const owned = (await this.keys()).filter(({ userId }) => userId === user.id);
    if (owned.length >= MAX_KEYS) throw bad(`user ${user.name} has ${MAX_KEYS} keys: revoke some`);
    const id = randomBytes(8).toString("hex");
    const secret = randomBytes(SECRET_BYTES).toString("base64url");
    const now = this.#clock.wallMs();
    const key: ApiKey = {
      id,
      secretHash: sha256(secret).toString("base64url"),
      user: user.name,
      userId: user.id,
      scope,
      createdMs: now,
      expiresMs: lifeMs === undefined ? undefined : now + lifeMs,
    };
    if (!(await this.#keys.create(id, key))) throw new ContrailError("config.unavailable", "the key's id is taken");
    return { key, text: `ck_${id}_${secret}` };
  }

  async revokeKey(id: string): Promise<ApiKey> {
    const before = await this.#keys.change(id, () => undefined);
    if (before === undefined) throw new ContrailError("config.not_found", `there is no key ${id.slice(0, 40)}`);
    return before;
  }

  key(id: string): Promise<ApiKey | undefined> {
    return this.#keys.read(id);
  }

  /** The key of a text "ck_<id>_<secret>" that is right and not over, with its user. */
  async verifyKey(text: string): Promise<{ readonly key: ApiKey; readonly user: User } | undefined> {
    const [, id = "", secret = ""] = KEY.exec(text) ?? [];
    if (id === "") return undefined;
    const key = await this.#keys.read(id);
    const wanted = Buffer.from(key?.secretHash ?? "", "base64url");
    const given = sha256(secret);
    const isRight = timingSafeEqual(given, wanted.length === given.length ? wanted : Buffer.alloc(given.length));
    if (key === undefined || !isRight || isExpired(key, this.#clock.wallMs())) return undefined;
    const user = await this.#users.read(key.user);
    return user?.id === key.userId ? { key, user } : undefined;
  }
}

/** True for a text that has the form of an API key. */
export function isKeyText(text: string): boolean {
  return KEY.test(text);
}

/** The SHA-256 of a text, 32 bytes. */
export function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function noUser(name: string): ContrailError {
  return new ContrailError("config.not_found", `there is no user ${name.slice(0, 64)}`);
}
