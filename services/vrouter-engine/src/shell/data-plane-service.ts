import { ContrailError } from "@contrail/errors";
import type { TableDelta } from "@contrail/forwarding";
import type { Identity } from "@contrail/pki";
import { type RpcServer, serveRpc, toServiceError } from "@contrail/rpc";
import { dataPlaneWire, fromWireDelta, toWireCounters, toWireDrops, toWireFlow } from "@contrail/wire";
import type { ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import type { DataPath } from "./data-path.ts";

/** Flow entries in one message. */
const FLOWS_PER_BATCH = 2_000;

/** Serves the data path to the agent of this host and nobody else; address is "unix:/path". */
export function serveDataPlane(
  dataPath: DataPath,
  identity: Identity,
  address: string,
  { instance, hostName }: { readonly instance: string; readonly hostName: string },
): Promise<RpcServer> {
  const implementation: dataPlaneWire.DataPlaneServiceServer = {
    open: (call) => {
      dataPath.forwarder().mark();
      call.write({ instance });
    },
    apply: (call, callback) =>
      answer(callback, () => {
        dataPath.apply(deltasOf(call.request));
        return {};
      }),
    sweep: (_call, callback) => answer(callback, () => ({ removedRows: dataPath.sweep() })),
    flows: (call) => {
      void streamFlows(dataPath, call);
    },
    drops: (_call, callback) => answer(callback, () => toWireDrops(dataPath.forwarder().drops())),
    interfaceCounters: (_call, callback) =>
      answer(callback, () => toWireCounters(dataPath.forwarder().interfaceCounters())),
    tableSizes: (_call, callback) => answer(callback, () => ({ rows: { ...dataPath.forwarder().tableSizes() } })),
    ageFlows: (_call, callback) => answer(callback, () => ({ removed: dataPath.ageFlows() })),
    destroy: (_call, callback) =>
      answer(callback, () => {
        dataPath.reset();
        return {};
      }),
  };
  // The generated interface names each method; the generic one wants an index.
  const untyped = implementation as unknown as Parameters<typeof serveRpc>[2][number]["implementation"];
  return serveRpc(identity, address, [
    {
      definition: dataPlaneWire.DataPlaneServiceService,
      implementation: untyped,
      allowedRoles: ["agent"],
      allowedName: hostName,
    },
  ]);
}

function deltasOf(request: dataPlaneWire.ApplyRequest): readonly TableDelta[] {
  return request.deltas.map((message, index) => {
    const delta = fromWireDelta(message);
    if (delta === undefined) throw new ContrailError("dataplane.bad_request", `delta ${index} is not whole`);
    return delta;
  });
}

function answer<T>(callback: sendUnaryData<T>, run: () => T): void {
  try {
    callback(null, run());
  } catch (reason) {
    callback(toServiceError(reason));
  }
}

async function streamFlows(
  dataPath: DataPath,
  call: ServerWritableStream<dataPlaneWire.FlowsRequest, dataPlaneWire.FlowBatch>,
): Promise<void> {
  const flows = dataPath.forwarder().flows();
  for (let start = 0; start < flows.length && !call.cancelled; start += FLOWS_PER_BATCH) {
    const batch = { flows: flows.slice(start, start + FLOWS_PER_BATCH).map(toWireFlow) };
    if (!call.write(batch)) await drained(call);
  }
  call.end();
}

const DRAIN_EVENTS = ["drain", "close", "cancelled"] as const;

function drained(call: ServerWritableStream<unknown, unknown>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of DRAIN_EVENTS) call.off(event, done);
      resolve();
    };
    for (const event of DRAIN_EVENTS) call.on(event, done);
  });
}
