export { type ApiParameters, signatureOf } from "./signature.ts";
