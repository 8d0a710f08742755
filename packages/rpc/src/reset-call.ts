import { constants, type ServerHttp2Stream } from "node:http2";
import type { ServerDuplexStream } from "@grpc/grpc-js";

/**
 * Ends a call whose caller takes nothing more, without its status: what waits to be sent is dropped. grpc-js ends a call
 * only behind all that was written before, and a caller that does not read would hold that for as long as it likes.
 */
export function resetCall(call: ServerDuplexStream<unknown, unknown>): void {
  // The library's own fields, by its version 1.14: the call inside the interceptor of serveRpc, and its HTTP/2 stream.
  const { call: intercepted } = call as unknown as {
    readonly call?: { readonly nextCall?: { readonly stream?: ServerHttp2Stream } };
  };
  const stream = intercepted?.nextCall?.stream;
  if (stream?.closed === false) stream.close(constants.NGHTTP2_CANCEL);
}
