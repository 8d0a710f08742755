export type { HttpReply } from "@contrail/http-call";
export { type ApiKeys, type ApiObject, CloudStackClient } from "./cloudstack-client.ts";
export { type HttpTarget, httpTransport, type Transport } from "./http-transport.ts";
export { type KeyFile, readKeyFile, readSecretFile } from "./key-file.ts";
export { type ApiParameters, signatureOf } from "./signature.ts";
