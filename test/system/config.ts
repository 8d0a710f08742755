/** Profile of deploy/compose that is run: dev, or cluster (CONTRAIL_COMPOSE_PROFILE), which takes about 8 GB. */
export const containerProfile = process.env.CONTRAIL_COMPOSE_PROFILE ?? "dev";
