import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeWebhookSecret } from "./plugin-webhook.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-webhook-"));
const file = join(directory, "secret");
afterAll(() => rmSync(directory, { recursive: true }));

test("a key that is there stays, one that is missing or empty is made, and nobody else reads it", () => {
  for (const before of [undefined, "", "\n"]) {
    if (before !== undefined) writeFileSync(file, before);
    writeWebhookSecret(file);
    expect(readFileSync(file, "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  }
  const made = readFileSync(file, "utf8");
  chmodSync(file, 0o644);
  writeWebhookSecret(file);
  expect(readFileSync(file, "utf8")).toBe(made);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
