export { CLIENT_OPTIONS, channelCredentials, type ExpectedPeer, serverCredentials } from "./credentials.ts";
export { peerOf, type RpcServer, type ServedService, serveRpc, toServiceError } from "./server.ts";
