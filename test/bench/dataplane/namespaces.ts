import { execFile } from "node:child_process";

/** Every namespace of this bench begins so. */
const PREFIX = "oct-bench-";

/** Makes a namespace with its loopback up; its name in `ip netns`. */
export async function addNamespace(name: string): Promise<string> {
  const whole = `${PREFIX}${name}`;
  await run("ip", "netns", "add", whole);
  await runIn(whole, "ip", "link", "set", "lo", "up");
  return whole;
}

/** Removes all namespaces of this bench, also those that a killed run has left, and ends what runs in them. */
export async function removeNamespaces(): Promise<void> {
  const listed = (await run("ip", "netns", "list")).split("\n").map((line) => line.split(" ")[0] ?? "");
  for (const name of listed.filter((item) => item.startsWith(PREFIX))) {
    for (const pid of (await run("ip", "netns", "pids", name)).split("\n").filter(Boolean)) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It has ended by itself in the meantime.
      }
    }
    await run("ip", "netns", "del", name);
  }
}

/** The command line that runs in a namespace; not by `ip netns exec`, which hides the BPF file system. */
export function inNamespace(namespace: string, ...command: string[]): readonly string[] {
  return ["nsenter", `--net=/run/netns/${namespace}`, ...command];
}

/** Runs a command in a namespace and gives what it printed. Rejects with its own words where it fails. */
export function runIn(namespace: string, ...command: string[]): Promise<string> {
  return run(...inNamespace(namespace, ...command));
}

export function run(...command: string[]): Promise<string> {
  const [file = "", ...args] = command;
  return new Promise((resolve, reject) => {
    execFile(file, args, { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command.join(" ")}: ${stderr.trim() || stdout.trim() || error.message}`));
    });
  });
}
