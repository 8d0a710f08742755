import type { Identity } from "@contrail/pki";
import { type RpcServer, serveRpc, toServiceError } from "@contrail/rpc";
import { busWire } from "@contrail/wire";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { follow } from "./follow.ts";
import type { Log } from "./log.ts";

/** Serves a log to other processes over mutual TLS; address is "host:port". */
export function serveLog(log: Log, identity: Identity, address: string): Promise<RpcServer> {
  const implementation: busWire.LogServiceServer = {
    append: (call, callback) => {
      const records = call.request.records.map(({ key, value }) => ({ key, value }));
      log.append(call.request.topic, records).then(
        (firstOffset) => callback(null, { firstOffset }),
        (reason: unknown) => callback(toServiceError(reason)),
      );
    },
    highWaterMark: (call, callback) => {
      log.highWaterMark(call.request.name).then(
        (highWaterMark) => callback(null, { highWaterMark }),
        (reason: unknown) => callback(toServiceError(reason)),
      );
    },
    read: (call) => {
      void stream(log, call);
    },
  };
  // The generated interface names each method; the generic one wants an index.
  const untyped = implementation as unknown as Parameters<typeof serveRpc>[2][number]["implementation"];
  return serveRpc(identity, address, [
    {
      definition: busWire.LogServiceService,
      implementation: untyped,
      allowedRoles: ["config", "control"],
      // What is in the log is acted upon: only the node that holds the store writes to it.
      allowedRolesOf: { append: ["config"] },
    },
  ]);
}

async function stream(log: Log, call: ServerWritableStream<busWire.ReadRequest, busWire.ReadBatch>): Promise<void> {
  const controller = new AbortController();
  call.on("cancelled", () => controller.abort());
  call.on("close", () => controller.abort());
  try {
    for await (const batch of follow(log, call.request.topic, call.request.fromOffset, controller.signal)) {
      const records = batch.records.map(({ offset, key, value }) => ({
        offset,
        record: { key: Buffer.from(key), value: value === undefined ? undefined : Buffer.from(value) },
      }));
      if (!call.write({ records, highWaterMark: batch.highWaterMark })) await drained(call, controller.signal);
    }
    call.end();
  } catch (reason) {
    call.emit("error", toServiceError(reason));
  }
}

function drained(call: ServerWritableStream<unknown, unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      call.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    call.on("drain", done);
    signal.addEventListener("abort", done);
  });
}
