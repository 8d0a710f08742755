import type { Options } from "./options.ts";
export async function agentsCase(_o: Options, _s: AbortSignal): Promise<void> {}
