import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, identityFiles, issue } from "@contrail/pki";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SETTINGS } from "./config.ts";
import { startConfigNode } from "./start.ts";

let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-settings-"));
  await createAuthority(directory);
  await issue(directory, { role: "config", name: "config", addresses: ["127.0.0.1"] });
  await issue(directory, { role: "cli", name: "operator", addresses: [] });
});
afterAll(() => rmSync(directory, { recursive: true }));

const start = (more: Record<string, string>) => {
  const dataDir = mkdtempSync(join(directory, "data-"));
  const listen = { restListen: "127.0.0.1:0", introspectListen: "127.0.0.1:0" };
  return startConfigNode(
    SETTINGS.parse({ dataDir, ...listen, logLevel: "silent", ...more }),
    new AbortController().signal,
  );
};

test.each<[string, Record<string, string>, RegExp]>([
  ["no-auth beyond loopback", { restListen: "0.0.0.0:0" }, /aaa-mode no-auth would let everybody in.*--aaa-mode rbac/],
  [
    "rbac beyond loopback without a certificate",
    { restListen: "0.0.0.0:0", aaaMode: "rbac" },
    /needs TLS.*contrail ca --dir/,
  ],
  [
    "introspect beyond loopback without a certificate",
    { introspectListen: "0.0.0.0:0" },
    /needs TLS.*contrail ca --dir/,
  ],
])("does not start: %s; and says what to do", async (_what, more, text) => {
  await expect(start(more)).rejects.toMatchObject({
    code: "settings.bad_request",
    message: expect.stringMatching(text),
  });
});

test("does not start with a password file that others may read, or with a known default", async () => {
  const file = join(directory, "password");
  writeFileSync(file, "a long enough password\n", { mode: 0o644 });
  await expect(start({ aaaMode: "rbac", adminPasswordFile: file })).rejects.toThrow(/chmod 600/);
  rmSync(file);
  writeFileSync(file, "contrail123\n", { mode: 0o600 });
  await expect(start({ aaaMode: "rbac", adminPasswordFile: file })).rejects.toThrow(/too well known/);
});

/** Status of a GET over TLS with our CA; the error's code where there is none. */
function ask(port: number, path: string, more: object = {}): Promise<string> {
  const ca = readFileSync(identityFiles(directory, { role: "config", name: "config" }).caFile);
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, path, ca, agent: false, ...more };
    const call = get(options, (answer) => resolve(String(answer.resume().statusCode)));
    call.on("error", (reason: NodeJS.ErrnoException) => resolve(String(reason.code)));
  });
}

test("beyond loopback the API is TLS of the installation's CA with a login, introspect for holders of a certificate", async () => {
  const node = await start({
    restListen: "0.0.0.0:0",
    introspectListen: "0.0.0.0:0",
    aaaMode: "rbac",
    pkiDir: directory,
  });
  try {
    const port = (listener: { readonly endpoints: readonly string[] }) =>
      Number(listener.endpoints[0]?.split(":").at(-1));
    expect(await ask(port(node.rest), "/virtual-networks")).toBe("401");
    expect(await ask(port(node.rest), "/v3")).toBe("200");
    expect(await ask(port(node.rest), "/v3", { maxVersion: "TLSv1.1" })).toMatch(/^ERR_SSL|^EPROTO|ECONNRESET/);
    expect(await ask(port(node.rest), "/v3", { ca: [] })).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
    const plain = await fetch(`http://127.0.0.1:${port(node.rest)}/v3`).then(
      ({ status }) => status,
      () => "refused",
    );
    expect(plain).toBe("refused");
    const { certificateFile, keyFile } = identityFiles(directory, { role: "cli", name: "operator" });
    const own = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
    expect(await ask(port(node.introspect), "/status", own)).toBe("200");
    expect(await ask(port(node.introspect), "/status")).toMatch(/^ERR_SSL|ECONNRESET/);
  } finally {
    await node.stop();
  }
});
