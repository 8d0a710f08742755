/** Kills of one run of the durability test; a soak sets more. */
export const KILLS = Number(process.env.CONTRAIL_KILLS ?? 10);
/** Seed of its moments and of its clients' writes; printed. */
export const SEED = Number(process.env.CONTRAIL_SEED ?? 20_261_125);
