/** Differences from the recorded answers that are known, each exact: another number of them fails the test. */
export interface KnownDifference {
  readonly plugin: string;
  readonly why: string;
  readonly matches: RegExp;
  readonly count: number;
}

/** Where the recording server is no reference: config-api.md says otherwise, and the plugins do as well or better. */
export const BETTER_ANSWERS: readonly KnownDifference[] = [
  {
    plugin: "tungsten",
    why: "a project takes its default-network-ipam along: deleteProject works, and works at its first try",
    matches: /^tungsten-041-deleteproject: (DELETE \/project\/<101>: \d+, not 409|GET \/project\/<101>: 404)/,
    count: 7,
  },
  {
    plugin: "tungsten",
    why: "what was in the deleted project is gone",
    matches: /\[default-domain:tfproj(:default-application-policy-set)?\]$/,
    count: 2,
  },
  {
    plugin: "tungsten",
    why: "a floating-ip that loses its interfaces loses its fixed address too",
    matches: /GET \/floating-ip\/<\d+>: floating-ip\.floating_ip_fixed_ip_address$/,
    count: 4,
  },
];
