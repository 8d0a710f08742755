/** The environment of a client: ours, where it finds programs, and what it is told of the cloud. */
export function clientEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ANSIBLE_NOCOLOR: "1", ANSIBLE_DEPRECATION_WARNINGS: "0", LC_ALL: "C.UTF-8", ...extra };
}
