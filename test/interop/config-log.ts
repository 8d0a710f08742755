import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONFIG_TOPIC } from "@contrail/bus";
import { type Log, openLog, serveLog } from "@contrail/bus-embedded";
import { createAuthority, identityFiles, issue } from "@contrail/pki";
import type { RpcServer } from "@contrail/rpc";
import type { ConfigChange, ConfigObject } from "@contrail/schema";
import { configWire, toWireChange } from "@contrail/wire";

type Peer = Parameters<typeof issue>[1];

/** A real log server with a directory of its own, where the certificates are too: what a config node is to control nodes. */
export class ConfigLog {
  readonly directory = mkdtempSync(join(tmpdir(), "contrail-config-log-"));
  /** Where it listens, for the setting busAddress. */
  address = "";
  #revision = 1n;
  #log: Log | undefined;
  #server: RpcServer | undefined;

  /** Listens on "host:port" or "unix:/path", and makes certificates for its readers. */
  async start(address: string, peers: readonly Peer[]): Promise<void> {
    await createAuthority(this.directory);
    const own = { role: "config", name: "config", addresses: ["127.0.0.1"] } as const;
    for (const peer of [own, ...peers]) await issue(this.directory, peer);
    this.#log = await openLog(join(this.directory, "log.db"));
    this.#server = await serveLog(this.#log, identityFiles(this.directory, own), address);
    this.address = this.#server.port === 0 ? address : `127.0.0.1:${this.#server.port}`;
  }

  /** Appends objects, with rising revisions. */
  configure(...objects: readonly ConfigObject[]): Promise<void> {
    return this.#append(
      objects.map((object) => ({ kind: "upsert", object: { ...object, revision: this.#revision++ } })),
    );
  }

  /** Appends that objects are gone. */
  remove(...objects: readonly ConfigObject[]): Promise<void> {
    const gone = objects.map(({ type, uuid, fqName }) => {
      return { kind: "remove" as const, type, uuid, fqName, revision: this.#revision++ };
    });
    return this.#append(gone);
  }

  async #append(changes: readonly ConfigChange[]): Promise<void> {
    const records = changes.map((change) => {
      const uuid = change.kind === "upsert" ? change.object.uuid : change.uuid;
      return { key: Buffer.from(uuid), value: configWire.ObjectChange.encode(toWireChange(change)).finish() };
    });
    await this.#log?.append(CONFIG_TOPIC, records);
  }

  async close(): Promise<void> {
    this.#server?.close();
    await this.#log?.close();
    rmSync(this.directory, { recursive: true });
  }
}
