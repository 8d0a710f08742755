import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runContrail } from "@contrail/testkit/contrail";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InstallCloud } from "./install-cloud.ts";
import type { Body } from "./signed-client.ts";

let cloud: InstallCloud;

beforeAll(async () => {
  cloud = await InstallCloud.start();
});

afterAll(() => cloud?.process.stop());

function keysIn(text: string, mode = 0o600): string {
  const file = join(cloud.process.directory, "keys");
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** The error of an install that must fail, print nothing else, and change nothing. */
async function failed(file: string, ...args: readonly string[]): Promise<string> {
  const before = await cloud.state();
  const { code, stdout, stderr } = cloud.quiet(
    await runContrail(["cloudstack", "install", "--api-key-file", file, ...args]),
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).not.toContain("wrongsecret");
  expect(await cloud.state()).toEqual(before);
  return stderr;
}

test("a key file that others can read is refused with the command that mends it", async () => {
  const file = keysIn("a\nb\n", 0o640);
  expect(await failed(file, "--url", cloud.process.url)).toContain(`chmod 600 ${file}`);
});

test("a missing key file, an empty one, wrong keys and a missing URL are told apart", async () => {
  expect(await failed(join(cloud.process.directory, "none"))).toMatch(/--api-key-file: .*ENOENT/);
  expect(await failed(keysIn("\n"))).toMatch(/has no keys/);
  expect(await failed(keysIn("wrongkey\nwrongsecret\n"))).toMatch(/has no endpoint: give --url/);
  const wrong = await failed(keysIn("wrongkey\nwrongsecret\n"), "--url", cloud.process.url);
  expect(wrong).toMatch(/unable to verify user credentials.*; are key and secret whole/);
});

test("a URL that is none, where nobody answers, or something else does, is told", async () => {
  const { keyFile, url } = cloud.process;
  expect(await failed(keyFile, "--url", "ftp://h/x")).toMatch(/no URL of CloudStack's API/);
  expect(await failed(keyFile, "--url", "http://127.0.0.1:9/client/api")).toMatch(
    /cannot be reached.*; nobody listens there/,
  );
  const secure = url.replace("http:", "https:");
  expect(await failed(keyFile, "--url", secure)).toContain(`; it speaks no TLS; ${url}?`);
  expect(await failed(keyFile, "--url", "http://nothing.invalid/client/api")).toMatch(/; the host's name is not known/);
  expect(await failed(keyFile, "--url", url.replace("/client/api", "/elsewhere"))).toMatch(/is the URL right/);
});

test.each([
  ["--name", "a b"],
  ["--name", "../x"],
  ["--offering", ""],
  ["--offering", "x".repeat(65)],
  ["--plugin-socket", "relative"],
  ["--plugin-socket", "/a b"],
  ["--plugin-url", "http://plain"],
  ["--wait", "soon"],
])("%s %j is refused", async (flag, value) => {
  expect(await failed(cloud.process.keyFile, flag, value)).toMatch(/wanted/);
});

test("a user of CloudStack who is no admin is refused", async () => {
  const account = { username: "u", password: "p", firstname: "u", lastname: "u", email: "u@x", accounttype: "0" };
  const made = (await cloud.admin.call("createAccount", account)).account as Body; // One object.
  const [user] = made.user as readonly Body[]; // As recorded.
  const { userkeys } = await cloud.admin.job("registerUserKeys", { id: String(user?.id) });
  const keys = userkeys as Body; // One object.
  const file = keysIn(`${String(keys.apikey)}\n${String(keys.secretkey)}\n`);
  expect(await failed(file, "--url", cloud.process.url)).toMatch(
    /does not exist or is not available for the account u.*; the keys of a root administrator are needed/,
  );
});

test("two lines and --url do as well as cloudstack.ini", async () => {
  const file = keysIn(`${cloud.secrets.join("\n")}\n`);
  const args = ["cloudstack", "install", "--api-key-file", file, "--url", cloud.process.url];
  expect(cloud.quiet(await runContrail(args))).toMatchObject({ code: 0 });
});
