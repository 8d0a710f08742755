/** The environment that commands under test inherit: the machine's own, as a user's shell has it. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
