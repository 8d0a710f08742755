import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { REPOSITORY } from "@contrail/testkit/embedded";
import { UsageError } from "@contrail/testkit/program";

/** The state of a campaign that can be gone on with after it was ended; JSON, of one form for each name. */
export class SavedCampaign<Campaign> {
  readonly #file: string;

  constructor(name: string) {
    this.#file = join(REPOSITORY, `.contrail/soak/${name}.json`);
  }

  /** Throws where none was ended. */
  load(): Campaign {
    if (!existsSync(this.#file)) throw new Error("there is no campaign to go on with");
    return JSON.parse(readFileSync(this.#file, "utf8")) as Campaign; // Written below.
  }

  save(campaign: Campaign): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify(campaign));
  }

  /** The campaign is over. */
  forget(): void {
    rmSync(this.#file, { force: true });
  }
}

/** A whole number of the command line. */
export function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new UsageError(`${name} is a whole number, not ${text}`);
}

/** How long a campaign may take, by its --minutes; without end where that is not given. */
export function minutesOf(text: string | undefined): number {
  return text === undefined ? Number.POSITIVE_INFINITY : whole("--minutes", text);
}

/** A signal that aborts when the campaign is to end after its round. */
export function endOfCampaign(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => abort.abort());
  return abort.signal;
}
