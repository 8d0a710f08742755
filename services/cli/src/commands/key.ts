import { rmSync, writeFileSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import { print } from "./api-objects.ts";
import { configurationApi } from "./connection.ts";
import { table } from "./report.ts";
import { placeText } from "./user.ts";

/** Whose key, for what and how long, as commander gives it. */
export interface KeyOptions {
  readonly user?: string;
  readonly project?: string;
  readonly domain?: string;
  readonly expiresInS?: number;
  readonly out?: string;
  readonly json: boolean;
}

interface ShownKey {
  readonly id: string;
  readonly user: string;
  readonly project?: string;
  readonly domain?: string;
  readonly expires: string | null;
}

/** `contrail key add`: the key goes into a new file of mode 0600, or to standard output, once. */
export async function keyAdd({ user, project, domain, expiresInS, out, json }: KeyOptions): Promise<number> {
  const body = { user, project, domain, expires_in_s: expiresInS };
  // A file that cannot be made is found before there is a key.
  if (out !== undefined) writeFileSync(out, "", { mode: 0o600, flag: "wx" });
  const made = configurationApi().call("POST", "/access/keys", body);
  const { key, secret } = await made.catch((reason: unknown) => {
    if (out !== undefined) rmSync(out);
    throw reason;
  });
  if (out !== undefined) writeFileSync(out, `${String(secret)}\n`);
  if (json) print(out === undefined ? { key, secret } : { key, file: out });
  else process.stdout.write(out === undefined ? `${String(secret)}\n` : `${out}\n`);
  return 0;
}

/** `contrail key list`. */
export async function keyList(json: boolean): Promise<number> {
  const answer = await configurationApi().call("GET", "/access/keys");
  if (json) print(answer);
  else {
    const keys = answer.keys as unknown as readonly ShownKey[]; // The API's own answer.
    const rows = keys.map((key) => [key.id, key.user, placeText(key), key.expires ?? "never"]);
    process.stdout.write(table([["ID", "USER", "PLACE", "EXPIRES"], ...rows]));
  }
  return 0;
}

/** `contrail key revoke ID`. */
export async function keyRevoke(id: string): Promise<number> {
  await configurationApi().call("DELETE", `/access/keys/${encodeURIComponent(id)}`);
  return 0;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** "30d", "12h", "90m", "3600s" in seconds. */
export function duration(text: string): number {
  const [, number, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (number === undefined)
    throw new ContrailError("cli.bad_request", `${text}: a time is wanted, as 30d, 12h, 90m or 3600s`);
  return Number(number) * (UNITS[unit] ?? 1);
}
