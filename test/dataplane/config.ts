/** What a campaign may change in the parity test. */
export interface ParitySettings {
  /** Of the generator; fixed, so that a machine that fails is every machine. */
  readonly seed: number;
  /** Tables with the packets sent through them. */
  readonly scenarios: number;
}

/** Reads PARITY_SEED and PARITY_SCENARIOS. */
export function paritySettings(): ParitySettings {
  const { PARITY_SEED, PARITY_SCENARIOS } = process.env;
  return { seed: Number(PARITY_SEED ?? 20_261_124), scenarios: Number(PARITY_SCENARIOS ?? 2_000) };
}
