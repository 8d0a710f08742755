import { createHmac } from "node:crypto";

export type ApiParameters = Readonly<Record<string, string>>;

/**
 * The value of `signature` for these parameters (`signature` itself left out): HMAC-SHA1 with the user's secret key over
 * the sorted pairs in lower case, in base64. Source: CloudStack 4.23, server/src/main/java/com/cloud/api/ApiServer.java,
 * verifyRequest.
 */
export function signatureOf(parameters: ApiParameters, secretKey: string): string {
  return createHmac("sha1", secretKey).update(signedText(parameters)).digest("base64");
}

function signedText(parameters: ApiParameters): string {
  const names = Object.keys(parameters).filter((name) => name.toLowerCase() !== "signature");
  const ordered = names.map((name) => ({ name, key: name.toLowerCase() })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return ordered.map(({ name, key }) => `${key}=${encoded(parameters[name] ?? "")}`.toLowerCase()).join("&");
}

/** As java.net.URLEncoder writes a value, with a space as %20; `*` stays as it is. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
