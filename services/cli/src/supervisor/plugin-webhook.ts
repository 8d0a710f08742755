import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { CloudStackClient } from "@contrail/cloudstack-api";

const NAME = "opencontrail";
const SECRET_BYTES = 32;

/** Writes the key by which the plugin knows CloudStack's events, unless it is there. */
export function writeWebhookSecret(file: string): void {
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(SECRET_BYTES).toString("hex")}\n`, { mode: 0o600 });
}

/** Lets the cloud tell the plugin of all events: they only wake its reconciler. Idempotent. */
export async function registerWebhook(admin: CloudStackClient, url: string, secretFile: string): Promise<void> {
  const webhooks = await admin.list("listWebhooks", "webhook", { name: NAME });
  if (webhooks.some(({ payloadurl }) => payloadurl === url)) return;
  const secretkey = readFileSync(secretFile, "utf8").trim();
  await admin.call("createWebhook", { name: NAME, payloadurl: url, secretkey, scope: "Global" });
}
