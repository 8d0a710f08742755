import { guestDirectory } from "./guest-files.ts";
import { nsenter } from "./namespace.ts";

/** Runs in mount and UTS namespaces of its own, as `ip netns exec` does for /etc/netns: $1 the directory, $2 "make" or not. */
const SCRIPT = [
  'files="$1" make="$2"; shift 2',
  'if [ -s "$files/resolv.conf" ]; then',
  '  real="$(readlink -f /etc/resolv.conf)"',
  '  if [ "$make" = make ] && [ ! -e "$real" ]; then mkdir -p "$(dirname "$real")" && : > "$real"; fi',
  '  mount --bind "$files/resolv.conf" "$real"',
  "fi 2>/dev/null",
  'if [ -s "$files/hostname" ]; then hostname "$(cat "$files/hostname")"; fi 2>/dev/null',
  'exec "$@"',
].join("\n");

/**
 * The command that runs another one inside a machine, with its own name servers and host name. makes: /run belongs to the
 * system alone (a plain user's), so that a file that /etc/resolv.conf leads to there may be made.
 */
export function enterMachine(namespace: string, command: readonly string[], makes: boolean): readonly string[] {
  const files = [guestDirectory(namespace), makes ? "make" : "leave"];
  return nsenter(namespace, ["unshare", "--mount", "--uts", "--", "sh", "-c", SCRIPT, "sh", ...files, ...command]);
}
