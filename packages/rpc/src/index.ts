export { CLIENT_OPTIONS, channelCredentials, type ExpectedPeer, serverCredentials } from "./credentials.ts";
export { resetCall } from "./reset-call.ts";
export { addressesOf, peerOf, type RpcServer, type ServedService, serveRpc, toServiceError } from "./server.ts";
