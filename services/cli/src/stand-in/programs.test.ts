import { execFile } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { REPOSITORY } from "../config.ts";
import { writePrograms } from "./programs.ts";

const SCRIPT = join(REPOSITORY, "deploy/cloudstack/opencontrail.sh");
const DEADLINE_MS = 20_000;
let directory: string;
let server: Server;
let heard = "";

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-stand-in-"));
  writePrograms(join(directory, "stand-ins"));
  mkdirSync(join(directory, "bin"));
  for (const program of ["sh", "head", "grep", "cat", "printf", "tail", "sed", "tr"]) linkProgram(program);
  server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      heard = `${request.method} ${request.url} ${Buffer.concat(chunks)}`;
      response.writeHead(request.url?.endsWith("custom-action") === true ? 501 : 200);
      response.end('{"status":"success"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(join(directory, "plugin.sock"), resolve));
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

/** What this machine has of the script's programs, without its curl. */
function linkProgram(name: string): void {
  const found = ["/bin", "/usr/bin"].map((folder) => join(folder, name)).find(isExecutable);
  if (found !== undefined) symlinkSync(found, join(directory, "bin", name));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs the extension's executable with the stand-ins behind a search path that has no curl. */
function run(command: string, socket: string): Promise<{ code: unknown; stdout: string }> {
  const payload = join(directory, "payload.json");
  const details = { "plugin-socket": join(directory, socket) };
  writeFileSync(
    payload,
    JSON.stringify({ "physical-network-extension-details": details, payload: { network_id: "1" } }),
  );
  const env = { PATH: `${join(directory, "bin")}:${join(directory, "stand-ins")}`, NODE_NO_WARNINGS: "1" };
  return new Promise((resolve) => {
    execFile("/bin/sh", [SCRIPT, command, payload, "60"], { env, timeout: DEADLINE_MS }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    );
  });
}

test("without curl the extension's executable hands its payload over and prints the answer", async () => {
  expect(await run("implement-network", "plugin.sock")).toEqual({ code: 0, stdout: '{"status":"success"}\n' });
  expect(heard).toMatch(/^POST \/extension\/implement-network \{"physical-network-.*"network_id":"1"\}\}$/);
});

test("an answer of another status than 200 fails, and so does a plugin that is not there", async () => {
  expect((await run("custom-action", "plugin.sock")).code).toBe(1);
  const gone = await run("implement-network", "nobody.sock");
  expect(gone).toMatchObject({ code: 1, stdout: expect.stringMatching(/cloudstack\.unavailable.*cloudstack status/) });
});
