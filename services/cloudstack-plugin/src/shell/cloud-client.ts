import { readFileSync } from "node:fs";
import type { Clock } from "@contrail/clock";
import { CloudStackClient, httpTransport, readKeyFile, type Transport } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";

/** Where CloudStack's API is, and with what it is asked. */
export interface CloudTarget {
  /** "": as the key file says. */
  readonly url: string;
  readonly keyFile: string;
  /** Authority of the server's certificate in PEM; "": those of the system. */
  readonly caFile: string;
  readonly deadlineMs: number;
}

/**
 * Gives a client for each piece of work, with the keys that the file has then: it may be written after the plugin's start,
 * and keys are changed; its calls are refused once the signal has aborted. Throws "cloudstack.bad_request" for a file that is of no use.
 */
export function cloudClients(
  { url, keyFile, caFile, deadlineMs }: CloudTarget,
  clock: Clock,
): (signal?: AbortSignal) => CloudStackClient {
  let known: { readonly url: string; readonly transport: Transport } | undefined;
  return (signal) => {
    const { keys, endpoint } = readKeyFile(keyFile);
    const target = url === "" ? endpoint : url;
    if (target === undefined) {
      throw new ContrailError("cloudstack.bad_request", `${keyFile} has no endpoint; give --cloudstack-url`);
    }
    if (known?.url !== target) {
      const certificateAuthority = caFile === "" ? undefined : readFileSync(caFile, "utf8");
      known = { url: target, transport: httpTransport({ url: target, certificateAuthority, deadlineMs }) };
    }
    return new CloudStackClient(until(known.transport, signal), keys, clock);
  };
}

function until(transport: Transport, signal: AbortSignal | undefined): Transport {
  return async (parameters) => {
    signal?.throwIfAborted();
    return transport(parameters);
  };
}
