import { randomUUID } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError, wireStatus } from "@contrail/errors";
import { peerOf } from "@contrail/rpc";
import type { AuditRecord } from "../../core/access/audit-record.ts";
import type { AuditLog } from "../access/audit-log.ts";

const MAX_REASON = 300;
const MAX_NAME = 300;

/** What a record of a call is made with. */
export interface RecordingParts {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly nodeName: string;
}

/** Records calls of ConfigService that change something, as requests of the REST API are recorded. */
export class CallRecorder {
  readonly #parts: RecordingParts;

  constructor(parts: RecordingParts) {
    this.#parts = parts;
  }

  /** Does the work, and records what became of it before it gives the outcome. */
  async record<T>(
    call: Parameters<typeof peerOf>[0],
    about: Pick<AuditRecord, "what" | "type" | "uuid" | "name">,
    work: () => Promise<T>,
  ): Promise<T> {
    const { role, name } = peerOf(call);
    const { audit, clock, nodeName } = this.#parts;
    const note = (outcome: Pick<AuditRecord, "result" | "status" | "reason">): Promise<void> =>
      audit.note({
        time: new Date(clock.wallMs()).toISOString(),
        node: nodeName,
        id: `req-${randomUUID()}`,
        who: `${role}/${name}`,
        from: call.getPeer(),
        ...about,
        name: about.name?.slice(0, MAX_NAME),
        ...outcome,
      });
    try {
      const value = await work();
      await note({ result: "done", status: 0 });
      return value;
    } catch (reason) {
      const { code, message } = ContrailError.from(reason);
      const { http, grpc } = wireStatus(code);
      await note({ result: http < 500 ? "refused" : "failed", status: grpc, reason: message.slice(0, MAX_REASON) });
      throw reason;
    }
  }
}
