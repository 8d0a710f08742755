import { objectType } from "@contrail/schema";
import { connectVnc, VncClient } from "@contrail/vnc-client";
import { apiSocket, remoteApi } from "../config.ts";

/**
 * The names of a type's objects, one a line, for completion: `node names-main.ts TYPE`. A program of its own, because the
 * whole CLI takes several times as long to start. It prints nothing where no system runs.
 */
const type = process.argv[2] ?? "";
const remote = remoteApi();
const client = remote === undefined ? new VncClient({ socketPath: apiSocket() }) : connectVnc(remote);
const objects = objectType(type) === undefined ? [] : await client.list<string>(type).catch(() => []);
const names = objects.map(({ fq_name: fqName }) => fqName.join(":"));
process.stdout.write(names.map((name) => `${name}\n`).join(""));
