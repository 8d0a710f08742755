import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { progress } from "../result-line.ts";
import { BgpEnd } from "./bgp-end.ts";
import type { PeerName } from "./options.ts";
import { OURS_BESIDE, type OwnOptions, type OwnSpeaker, startOurs } from "./ours.ts";
import { PEERS } from "./peers.ts";
import { INJECTOR, type SpeakerUnderTest } from "./speaker-under-test.ts";

/** A session that has lived so long lives on. */
const LASTS_MS = 500;

/** Starts the speakers of one case; all of them end with it. */
export class Field {
  readonly #directory = mkdtempSync(join(tmpdir(), "contrail-bench-control-"));
  readonly #speakers: SpeakerUnderTest[] = [];

  /** Runs a case with speakers of its own. */
  static async with<T>(use: (field: Field) => Promise<T>): Promise<T> {
    const field = new Field();
    try {
      return await use(field);
    } finally {
      await Promise.all(field.#speakers.map((speaker) => speaker.stop()));
      rmSync(field.#directory, { recursive: true });
    }
  }

  async ours(options: OwnOptions = {}): Promise<OwnSpeaker> {
    const speaker = await startOurs(this.#directory, options);
    this.#speakers.push(speaker);
    return speaker;
  }

  /** A second node of ours, without anything but routers in its configuration. */
  oursBeside(): Promise<OwnSpeaker> {
    return this.ours({ address: OURS_BESIDE });
  }

  /** Those of the peers that are installed, when their sessions last; GoBGP with so many routing instances. */
  async peers(names: readonly PeerName[], signal: AbortSignal, instances = 0): Promise<readonly SpeakerUnderTest[]> {
    const started: SpeakerUnderTest[] = [];
    for (const name of names) {
      const speaker = PEERS[name](this.#directory, instances);
      if (speaker === undefined) {
        progress(`${name} is not installed: it is left out`);
        continue;
      }
      this.#speakers.push(speaker);
      started.push(speaker);
      while (!(await lasts(speaker, signal)));
    }
    return started;
  }
}

/** True where a session lasts: FRR ends those that it takes while it reads its configuration. */
async function lasts(speaker: SpeakerUnderTest, signal: AbortSignal): Promise<boolean> {
  const end = await BgpEnd.establish(INJECTOR, speaker, signal);
  try {
    await new Promise((resolve) => setTimeout(resolve, LASTS_MS));
    return end.isUp;
  } finally {
    end.close();
  }
}
