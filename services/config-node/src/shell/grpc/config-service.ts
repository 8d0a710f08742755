import { ContrailError } from "@contrail/errors";
import { peerOf, type ServedService, toServiceError } from "@contrail/rpc";
import { type ConfigChange, type ConfigObject, objectTypes } from "@contrail/schema";
import { configServiceWire, type configWire, toWireChange, toWireObject } from "@contrail/wire";
import type { sendUnaryData } from "@grpc/grpc-js";
import { View } from "../../core/access/view.ts";
import { ADMINISTRATOR } from "../../core/caller.ts";
import { type BodyInput, readBody } from "../../core/request-body.ts";
import type { ChangeFeed } from "../change-feed.ts";
import type { ObjectService } from "../object-service.ts";
import { typeOfPath } from "../rest/context.ts";
import { CallRecorder, type RecordingParts } from "./call-recorder.ts";
import { CallStream } from "./call-stream.ts";
import { bodyOf, replacingBody } from "./wire-body.ts";

/** What the service works with. */
export interface ConfigServiceParts extends RecordingParts {
  readonly objects: ObjectService;
  readonly feed: ChangeFeed;
}

type Answer<T> = sendUnaryData<T>;

/** ConfigService over the same core as the REST API; for peers of our own, over mutual TLS. */
export function configService({ objects, feed, ...recording }: ConfigServiceParts): ServedService {
  const viewOf = (call: Parameters<typeof peerOf>[0]): View => {
    const { role, name } = peerOf(call);
    return new View(objects.graph, { ...ADMINISTRATOR, name: `${role}/${name}` });
  };
  const recorder = new CallRecorder(recording);
  const implementation: configServiceWire.ConfigServiceServer = {
    create: (call, answer) =>
      respond(answer, () => {
        const { type, fqName } = call.request;
        const work = async () => toWireObject(await create(objects, call.request, viewOf(call)));
        return recorder.record(call, { what: "create", type, name: fqName.join(":") }, work);
      }),
    read: ({ request }, answer) =>
      respond(answer, async () => toWireObject((await objects.read(typeOfPath(request.type), request.uuid)).object)),
    update: (call, answer) =>
      respond(answer, () => {
        const { type, uuid } = call.request;
        const work = async () => toWireObject(await update(objects, call.request, viewOf(call)));
        return recorder.record(call, { what: "update", type, uuid }, work);
      }),
    delete: (call, answer) =>
      respond(answer, () => {
        const { type, uuid } = call.request;
        const work = async () => {
          await objects.remove(typeOfPath(type), uuid, viewOf(call));
          return {};
        };
        return recorder.record(call, { what: "delete", type, uuid }, work);
      }),
    list: (call) => void serve(new CallStream(call), (stream) => list(objects, call.request, stream)),
    watch: (call) => void serve(new CallStream(call), (stream) => watch(objects, feed, call.request, stream)),
  };
  return {
    definition: configServiceWire.ConfigServiceService,
    // The generated interface names each method; the generic one wants an index.
    implementation: implementation as unknown as ServedService["implementation"],
    allowedRoles: ["config", "control", "cli", "plugin"],
    allowedRolesOf: { create: WRITERS, update: WRITERS, delete: WRITERS },
  };
}

const WRITERS = ["config", "cli", "plugin"] as const;

function respond<T>(answer: Answer<T>, work: () => Promise<T>): void {
  work().then(
    (value) => answer(null, value),
    (reason: unknown) => answer(toServiceError(reason)),
  );
}

async function serve<T>(stream: CallStream<T>, work: (stream: CallStream<T>) => Promise<void>): Promise<void> {
  try {
    await work(stream);
    stream.end();
  } catch (reason) {
    stream.fail(toServiceError(reason));
  }
}

function create(objects: ObjectService, message: configWire.Object, view: View) {
  const type = typeOfPath(message.type);
  return objects.create(type, readBody(type, bodyOf(type, message), "create"), view);
}

function update(objects: ObjectService, message: configWire.Object, view: View) {
  const type = typeOfPath(message.type);
  const wanted = message.revision === 0n ? undefined : message.revision;
  const inputFor = (current: ConfigObject): BodyInput => {
    if (wanted !== undefined && current.revision !== wanted) {
      const text = `revision ${wanted} is not the object's revision ${current.revision}`;
      throw new ContrailError("config.precondition_failed", text);
    }
    return readBody(type, replacingBody(type, message, current), "update");
  };
  return objects.updateBy(type, message.uuid, inputFor, view);
}

async function list(
  { graph, cache }: ObjectService,
  { type, parentUuids }: configServiceWire.ListQuery,
  stream: CallStream<configWire.Object>,
): Promise<void> {
  await cache.freshness.caughtUp();
  const parents = new Set(parentUuids.map((uuid) => uuid.toLowerCase()));
  for (const object of [...graph.ofType(typeOfPath(type).name)]) {
    if (parents.size === 0 || parents.has(object.parentUuid ?? "")) await stream.write(toWireObject(object));
  }
}

async function watch(
  { graph, cache }: ObjectService,
  feed: ChangeFeed,
  query: configServiceWire.WatchQuery,
  stream: CallStream<configServiceWire.WatchEvent>,
): Promise<void> {
  feed.refuseTooMany();
  const types = new Set(query.types.map((name) => typeOfPath(name).name));
  const wants = (type: string): boolean => types.size === 0 || type === "" || types.has(type);
  const event = (change: ConfigChange | undefined, position: bigint | undefined): configServiceWire.WatchEvent => ({
    change: change === undefined ? undefined : toWireChange(change),
    position,
    inSync: change === undefined,
  });
  const end = await feed.end();
  // A position that the log has not reached is one of another log: its watcher begins again.
  const from = query.after === undefined || query.after >= end ? undefined : query.after + 1n;
  if (from === undefined) {
    await cache.freshness.reached(end, stream.signal);
    for (const { name } of objectTypes()) {
      if (!wants(name)) continue;
      for (const object of [...graph.ofType(name)]) await stream.write(event({ kind: "upsert", object }, undefined));
    }
    // An empty log has no last position.
    await stream.write(event(undefined, end === 0n ? undefined : end - 1n));
  }
  for await (const batch of feed.follow(from ?? end, stream.signal)) {
    for (const { offset, change } of batch) {
      if (wants(change.kind === "upsert" ? change.object.type : change.type)) await stream.write(event(change, offset));
    }
  }
}
