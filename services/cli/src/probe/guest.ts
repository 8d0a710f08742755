import { Resolver } from "node:dns/promises";
import { request } from "node:http";
import type { Probe } from "./probe-main.ts";

/** What a machine learns from the services for machines; undefined where it was not told. */
export interface GuestSeen {
  readonly userData: string | undefined;
  readonly publicKeys: string | undefined;
  readonly password: string | undefined;
  /** What the password server says after it was fetched. */
  readonly passwordAfter: string | undefined;
  /** Address of the name that was asked for. */
  readonly resolved: string | undefined;
}

const METADATA = "169.254.169.254";
const PASSWORD_PORT = 8_080;
const DEADLINE_MS = 5_000;

/** Reads metadata as cloud-init does, the password as CloudStack's script does, and asks a name server for a name. */
export async function readGuestServices(server: string, name: string): Promise<Probe> {
  const seen: GuestSeen = {
    userData: await get("/latest/user-data"),
    publicKeys: await get("/latest/meta-data/public-keys"),
    password: await askPassword("send_my_password"),
    passwordAfter: (await askPassword("saved_password")) && (await askPassword("send_my_password")),
    resolved: await resolve(server, name),
  };
  return { done: Promise.resolve(), result: () => seen, close: () => {} };
}

function get(path: string): Promise<string | undefined> {
  return fetched({ path });
}

function askPassword(what: string): Promise<string | undefined> {
  return fetched({ path: "/", port: PASSWORD_PORT, headers: { DomU_Request: what } });
}

/** The body of an answer with status 200. */
function fetched(options: { path: string; port?: number; headers?: Record<string, string> }) {
  return new Promise<string | undefined>((done) => {
    const call = request({ host: METADATA, ...options, timeout: DEADLINE_MS }, (response) => {
      response.toArray().then(
        (chunks: Buffer[]) => done(response.statusCode === 200 ? Buffer.concat(chunks).toString() : undefined),
        () => done(undefined),
      );
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => done(undefined));
    call.end();
  });
}

async function resolve(server: string, name: string): Promise<string | undefined> {
  const resolver = new Resolver({ timeout: DEADLINE_MS, tries: 1 });
  resolver.setServers([server]);
  return (await resolver.resolve4(name).catch(() => []))[0];
}
