import { fileURLToPath } from "node:url";
import { LineProcess } from "./line-process.ts";
import { OURS } from "./network.ts";
import type { SpeakerCommand, SpeakerEvent } from "./speaker-protocol.ts";

/** The speaker process in our namespace, and everything that it has said. */
export class SpeakerClient extends LineProcess<SpeakerCommand, SpeakerEvent> {
  constructor() {
    super(OURS.namespace, fileURLToPath(new URL("speaker-process.ts", import.meta.url)), OURS.address);
  }

  /** Events of one kind, of one peer where it is given. */
  of<Kind extends SpeakerEvent["kind"]>(kind: Kind, peer?: string): Extract<SpeakerEvent, { kind: Kind }>[] {
    return this.lines.filter(
      (event): event is Extract<SpeakerEvent, { kind: Kind }> =>
        event.kind === kind && (peer === undefined || !("peer" in event) || event.peer === peer),
    );
  }
}
