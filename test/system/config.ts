/** Profile of deploy/compose that is run: dev, or cluster (CONTRAIL_COMPOSE_PROFILE), which takes about 8 GB. */
export const containerProfile = process.env.CONTRAIL_COMPOSE_PROFILE ?? "dev";

/** Our environment with more variables, for commands. */
export function environmentWith(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...more };
}
