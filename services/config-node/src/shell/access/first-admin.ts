import { readFileSync, statSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import { CLOUD } from "../../core/access/account.ts";
import { CLOUD_ADMIN_ROLE } from "../../core/access/tenant.ts";
import type { Accounts } from "./accounts.ts";

const NAME = "admin";
const READABLE_BY_OTHERS = 0o077;

/** Makes user admin with the password of a file where the cloud has no user yet; several nodes may do it at once. */
export async function makeFirstAdmin(accounts: Accounts, passwordFile: string): Promise<void> {
  if ((await accounts.users()).length > 0) return;
  const grants = [{ role: CLOUD_ADMIN_ROLE, ...CLOUD }];
  try {
    await accounts.addUser(NAME, readSecret(passwordFile), grants);
  } catch (reason) {
    const { code, message } = ContrailError.from(reason);
    if (code === "config.conflict") return; // Another node was faster.
    throw new ContrailError("settings.bad_request", `--admin-password-file ${passwordFile}: ${message}`);
  }
}

/** The text of a file that nobody but its owner may read, without the end of its line. */
function readSecret(file: string): string {
  const { mode } = statSync(file);
  if ((mode & READABLE_BY_OTHERS) !== 0) {
    throw new ContrailError(
      "settings.bad_request",
      `others may read it (mode ${(mode & 0o777).toString(8)}): chmod 600`,
    );
  }
  return readFileSync(file, "utf8").replace(/\r?\n$/, "");
}
