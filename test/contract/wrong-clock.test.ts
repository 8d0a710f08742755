import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { WrongClock } from "./wrong-clock.ts";

const { missing } = WrongClock;
if (missing !== undefined) process.stderr.write(`SKIPPED a clock that is wrong: ${missing}\n`);

const LIFE_S = 60;
const PASSWORD = "correct horse battery";
const WRITERS = 4;
const WRITES = 25;
/** Five minutes either way, and back. */
const JUMPS_S = [300, -300, 0, -300, 300, 0];
const DEADLINE_MS = 20_000;

describe.skipIf(missing !== undefined)("a node whose wall clock jumps five minutes either way", () => {
  let node: ConfigNodeProcess;
  let clock: WrongClock;
  let directory: string;
  let token: string;

  beforeAll(async () => {
    clock = new WrongClock();
    directory = mkdtempSync(join(tmpdir(), "contrail-password-"));
    const file = join(directory, "password");
    writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
    const flags = ["--aaa-mode", "rbac", "--token-life-s", String(LIFE_S), "--admin-password-file", file];
    node = new ConfigNodeProcess(flags, () => clock.command());
    await node.run();
    token = await login();
  });

  afterAll(async () => {
    await node?.stop();
    clock?.remove();
    rmSync(directory, { recursive: true });
  });

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${node.port}${path}`, {
      method,
      headers: { "x-auth-token": token, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };

  const logIn = async () => {
    const user = { name: "admin", domain: { id: "default" }, password: PASSWORD };
    const auth = { identity: { methods: ["password"], password: { user } } };
    const answer = await fetch(`http://127.0.0.1:${node.port}/v3/auth/tokens`, {
      method: "POST",
      body: JSON.stringify({ auth }),
    });
    const text = await answer.text();
    expect(answer.status, text).toBe(201);
    const { token: told } = JSON.parse(text) as { readonly token: { readonly issued_at: string } };
    return { given: answer.headers.get("x-subject-token") ?? "", issuedMs: Date.parse(told.issued_at) };
  };
  const login = async (): Promise<string> => (await logIn()).given;
  /** Time at the node, in ms since 1970. */
  const issuedMs = async (): Promise<number> => (await logIn()).issuedMs;

  test("has that time, and nobody is thrown out who has not been there for his session and a minute", async () => {
    token = await login();
    const accepted: [number, number][] = [];
    for (const offsetS of [0, LIFE_S + 40, -300, LIFE_S + 90, -300]) {
      clock.set(offsetS);
      accepted.push([offsetS, (await call("GET", "/domains")).status]);
    }
    clock.set(0);
    expect(accepted).toEqual([
      [0, 200],
      [LIFE_S + 40, 200],
      [-300, 200],
      [LIFE_S + 90, 401],
      // It is a session of the store, not of the clock.
      [-300, 200],
    ]);
    clock.set(300);
    expect(Math.abs((await issuedMs()) - Date.now() - 300_000)).toBeLessThan(60_000);
    clock.set(0);
  });

  test("loses no update of clients that compare and set, and goes on deriving and publishing", async () => {
    clock.set(0);
    token = await login();
    const made = await call("POST", "/security-groups", {
      "security-group": { fq_name: ["default-domain", "default-project", "counter"], display_name: "0" },
    });
    expect(made.status, made.text).toBe(200);
    const path = `/security-group/${(JSON.parse(made.text) as Record<string, { uuid: string }>)["security-group"]?.uuid}`;
    let [done, refused, jumps] = [0, 0, 0];
    const tags: string[] = [];
    const write = async (): Promise<void> => {
      for (let own = 0; own < WRITES; ) {
        const read = await call("GET", path);
        // Sessions end while the clock is ahead: a client logs in again.
        if (read.status === 401) {
          token = await login();
          continue;
        }
        const { display_name } =
          (JSON.parse(read.text) as Record<string, { display_name: string }>)["security-group"] ?? {};
        const tag = read.headers.get("etag") ?? "";
        const change = { "security-group": { display_name: String(Number(display_name) + 1) } };
        const { status, text } = await call("PUT", path, change, { "if-match": tag });
        expect([200, 401, 412], text).toContain(status);
        if (status !== 200) refused++;
        if (status !== 200) continue;
        own++;
        done++;
        tags.push(tag);
        if (done % 10 === 0) clock.set(JUMPS_S[jumps++ % JUMPS_S.length] ?? 0);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
    clock.set(0);
    token = await login();
    const { text } = await call("GET", path);
    process.stderr.write(
      `wrong clock: ${done} changes in ${jumps} jumps of the clock, ${refused} refused and tried again\n`,
    );
    expect(JSON.parse(text)).toMatchObject({ "security-group": { display_name: String(WRITERS * WRITES) } });
    expect(new Set(tags).size).toBe(WRITERS * WRITES);
    const name = ["default-domain", "default-project", "late"];
    clock.set(-300);
    expect((await call("POST", "/virtual-networks", { "virtual-network": { fq_name: name } })).status).toBe(200);
    for (const deadline = Date.now() + DEADLINE_MS; ; await pause(10)) {
      const status = (await (await fetch(`http://127.0.0.1:${node.introspectPort}/status`)).json()) as Record<
        string,
        unknown
      >;
      if (status.unpublished === 0 && status.derivedPending === 0 && status.leading === true) break;
      expect(Date.now(), JSON.stringify(status)).toBeLessThan(deadline);
    }
    const instance = { type: "routing-instance", fq_name: [...name, "late"] };
    expect((await call("POST", "/fqname-to-id", instance)).status).toBe(200);
  });
});
