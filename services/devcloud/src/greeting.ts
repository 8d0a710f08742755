/** What a person at a terminal is told when the cloud serves: the log's lines are for machines. */
export function greeting(endpoint: string | undefined, keyFile: string): string {
  return [
    `DevCloud: CloudStack's API on http://${endpoint ?? ""}/client/api. Ctrl-C stops it.`,
    `  its keys for cs, Ansible and others: ${keyFile}`,
    "",
  ].join("\n");
}
