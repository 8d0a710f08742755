import { ContrailError } from "@contrail/errors";
import { remoteApi } from "../config.ts";
import { checkRunning } from "./connection.ts";

/** What went wrong, for a person: where the configuration API does not answer, whether a system runs at all. */
export async function explained(reason: unknown): Promise<ContrailError> {
  const error = ContrailError.from(reason);
  if (remoteApi() !== undefined || error.code !== "vnc.unavailable" || error.fields.status !== undefined) return error;
  try {
    await checkRunning();
  } catch (nothing) {
    return ContrailError.from(nothing);
  }
  return new ContrailError(error.code, `${error.message}; see: contrail status`, { cause: error });
}
