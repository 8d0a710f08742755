import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { signatureOf } from "./signature.ts";

const SECRET = "a-secret";

function hmac(text: string): string {
  return createHmac("sha1", SECRET).update(text).digest("base64");
}

test("what is signed are the pairs in lower case, sorted by name, a space as %20 and a star as it is", () => {
  const parameters = { command: "listZones", response: "json", Name: "My Zone*", apikey: "KeY/=" };
  expect(signatureOf(parameters, SECRET)).toBe(
    hmac("apikey=key%2f%3d&command=listzones&name=my%20zone*&response=json"),
  );
});

test("the order of the parameters and a signature among them change nothing", () => {
  const one = signatureOf({ a: "1", b: "2" }, SECRET);
  expect(signatureOf({ b: "2", signature: "x", a: "1" }, SECRET)).toBe(one);
});
