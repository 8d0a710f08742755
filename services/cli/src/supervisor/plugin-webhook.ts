import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type CloudStackClient, readSecretFile } from "@contrail/cloudstack-api";

const NAME = "opencontrail";
const SECRET_BYTES = 32;

/** Writes the key by which the plugin knows CloudStack's events, unless it is there; an empty file is none. */
export function writeWebhookSecret(file: string): void {
  if (existsSync(file) && readFileSync(file, "utf8").trim() !== "") {
    chmodSync(file, 0o600);
    return;
  }
  writeFileSync(`${file}.new`, `${randomBytes(SECRET_BYTES).toString("hex")}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Lets the cloud tell the plugin of all events, with the key as it is now: they only wake its reconciler. Idempotent. */
export async function registerWebhook(admin: CloudStackClient, url: string, secretFile: string): Promise<void> {
  const webhooks = await admin.list("listWebhooks", "webhook", { name: NAME });
  const own = webhooks.find(({ payloadurl }) => payloadurl === url);
  const secretkey = readSecretFile(secretFile);
  if (own !== undefined) await admin.call("updateWebhook", { id: String(own.id), secretkey });
  else await admin.call("createWebhook", { name: NAME, payloadurl: url, secretkey, scope: "Global" });
}
