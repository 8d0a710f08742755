import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect } from "vitest";
import { extensionTest, objectOf, runScript } from "./extension-call.ts";
import { SCRIPT } from "./plugin-process.ts";

const PAYLOAD = '{"physical-network-extension-details":{},"network-extension-details":{},"payload":{"network_id":"1"}}';
/** CloudStack waits for ever: the script must end by itself within this. */
const LIMIT_MS = 55_000;
const directory = mkdtempSync(join(tmpdir(), "contrail-script-"));
const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true });
});

/** A plugin of the test's own; gives its socket. */
async function pluginThat(answers: RequestListener): Promise<string> {
  const socket = join(directory, `${servers.length}.sock`);
  const server = createServer(answers);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return socket;
}

function answering(status: number, body: string | Buffer): Promise<string> {
  return pluginThat((request, response) => {
    request.resume().on("end", () => {
      response.statusCode = status;
      response.end(body);
    });
  });
}

const ERROR = { exit: 1, status: "error" };

async function resultOf(shell: string, socket: string, payload: string | undefined = PAYLOAD, command = "prepare-nic") {
  const run = await runScript(shell, command, payload, { OPENCONTRAIL_PLUGIN: socket });
  expect(run.milliseconds).toBeLessThan(LIMIT_MS);
  return { exit: run.exit, status: objectOf(run).status };
}

const BUSYBOX = "/bin/busybox";
const shells = ["/bin/dash", "/bin/bash"].filter((shell) => existsSync(shell));
if (existsSync(BUSYBOX)) {
  const ash = join(directory, "ash");
  symlinkSync(BUSYBOX, ash);
  shells.push(ash);
} else {
  process.stderr.write(`skipped: opencontrail.sh run by busybox's ash (there is no ${BUSYBOX})\n`);
}

describe.each(shells)("the extension's executable, run by %s", (shell) => {
  extensionTest("prints the plugin's answer as it is, and exits 0", async () => {
    const socket = await answering(200, '{"status":"success","text":"a \\"quoted\\" \\u00e4 %s \\\\ $(id)"}');
    const run = await runScript(shell, "prepare-nic", PAYLOAD, { OPENCONTRAIL_PLUGIN: socket });
    expect(run).toMatchObject({
      exit: 0,
      output: '{"status":"success","text":"a \\"quoted\\" \\u00e4 %s \\\\ $(id)"}\n',
    });
  });

  extensionTest("prints the plugin's refusal, and exits 1", async () => {
    expect(await resultOf(shell, await answering(500, '{"status":"error","message":"no"}'))).toEqual(ERROR);
  });

  extensionTest("hands over command and payload whole, a payload of 3 MB too", async () => {
    let got: { path: string | undefined; body: string } | undefined;
    const socket = await pluginThat(async (request, response) => {
      got = { path: request.url, body: Buffer.concat(await request.toArray()).toString() };
      response.end('{"status":"success"}');
    });
    const payload = JSON.stringify({
      "physical-network-extension-details": {},
      payload: { userdata: "é\\n".repeat(10 ** 6) },
    });
    expect(await resultOf(shell, socket, payload, "save-userdata")).toEqual({ exit: 0, status: "success" });
    expect(got?.path).toBe("/extension/save-userdata");
    expect(got?.body === payload).toBe(true);
  });

  extensionTest("finds the plugin by the registration's detail before the environment", async () => {
    const socket = await answering(200, '{"status":"success"}');
    const payload = `{"physical-network-extension-details":{"hosts":"a","plugin-socket":"${socket}"},"payload":{}}`;
    expect(await resultOf(shell, "/nowhere", payload)).toEqual({ exit: 0, status: "success" });
  });

  extensionTest.each([
    ["a brace", "a}b"],
    ["a quote", 'a"b'],
    ["backslashes before its end", "a\\\\"],
    ["another detail's text", '","plugin-socket":"/evil"}'],
  ])("finds the plugin behind a password with %s", async (_what, password) => {
    const socket = await answering(200, '{"status":"success"}');
    const details = { physicalnetworkname: "zone1-pnet", password, "plugin-socket": socket };
    const payload = JSON.stringify({ "physical-network-extension-details": details, payload: {} });
    expect(await resultOf(shell, "/nowhere", payload)).toEqual({ exit: 0, status: "success" });
  });

  extensionTest.each([
    ["a value that is no address", '{"plugin-url":"https://host/$(id)"}'],
    ["details that break off", '{"hosts":"a","plugin-socket":"/run'],
    ["details that are no strings", '{"plugin-socket":{"a":"b"}}'],
  ])("sends nothing anywhere with %s", async (_what, details) => {
    const asked: string[] = [];
    const socket = await pluginThat((request, response) => {
      asked.push(request.url ?? "");
      response.end('{"status":"success"}');
    });
    expect(await resultOf(shell, socket, `{"physical-network-extension-details":${details}`)).toEqual(ERROR);
    expect(asked).toEqual([]);
  });

  extensionTest("does not take a tenant's text for a detail", async () => {
    const socket = await answering(200, '{"status":"success"}');
    const hostile = JSON.stringify({ a: '"physical-network-extension-details": {"plugin-socket":"/evil"}' });
    const payload = `{"physical-network-extension-details":{},"payload":${hostile}}`;
    expect(await resultOf(shell, socket, payload)).toEqual({ exit: 0, status: "success" });
  });

  extensionTest.each([
    ["nothing", ""],
    ["a page", "<html>not found</html>"],
    ["two objects", '{"status":"success"}{"status":"success"}'],
    ["two lines", '{"status":"success"}\n{"status":"success"}'],
    ["half an object", '{"status":"succ'],
    ["a list", "[]"],
    ["zero bytes and broken UTF-8", Buffer.from([0, 255, 254, 10, 0])],
    ["10 MB", Buffer.alloc(10 * 1024 * 1024, "a")],
  ])("says so in one object where the plugin answers %s", async (_name, body) => {
    expect(await resultOf(shell, await answering(200, body))).toEqual(ERROR);
  });

  extensionTest("says so in one object where the plugin is gone, or cuts the call off", async () => {
    expect(await resultOf(shell, join(directory, "nobody.sock"))).toEqual(ERROR);
    expect(await resultOf(shell, await pluginThat((request) => request.socket.destroy()))).toEqual(ERROR);
  });

  extensionTest(
    "says so in one object where the payload is missing, empty, a directory, or no argument came",
    async () => {
      const gone = await runScript(shell, "prepare-nic", undefined, {});
      expect({ exit: gone.exit, status: objectOf(gone).status }).toEqual(ERROR);
      expect(await resultOf(shell, "/nowhere", "")).toEqual(ERROR);
      for (const args of [[], ["prepare-nic"], ["prepare-nic", directory], ["prepare-nic; id", directory], ["", ""]]) {
        const { status, stdout, stderr } = spawnSync(shell, [SCRIPT, ...args], { encoding: "utf8" });
        expect({ status, stderr, answer: JSON.parse(stdout).status }, args.join(" ")).toEqual({
          status: 1,
          stderr: "",
          answer: "error",
        });
      }
    },
  );

  extensionTest(
    "exits 1 without a word on stderr where its own output cannot be written, as on a full disk",
    async () => {
      const file = join(directory, "payload");
      writeFileSync(file, PAYLOAD);
      const full = openSync("/dev/full", "w");
      const { status, stderr } = spawnSync(shell, [SCRIPT, "prepare-nic", file, "60"], {
        stdio: ["ignore", full, "pipe"],
        env: { PATH: "/usr/bin:/bin", OPENCONTRAIL_PLUGIN: "/nowhere" },
        encoding: "utf8",
      });
      closeSync(full);
      expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    },
  );

  extensionTest("says so in one object where there is no curl", async () => {
    const { status, stdout } = spawnSync(shell, [SCRIPT, "prepare-nic", "/etc/hostname"], {
      env: { PATH: directory },
      encoding: "utf8",
    });
    expect({ status, answer: JSON.parse(stdout).status }).toEqual({ status: 1, answer: "error" });
  });
});

extensionTest("a plugin that hangs is given up inside the limit", async () => {
  expect(await resultOf("sh", await pluginThat((request) => request.resume()))).toEqual(ERROR);
});
