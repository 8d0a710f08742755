import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { BackgroundProcess } from "./background-process.ts";
import { OURS } from "./network.ts";

/** Records all BGP on our bridge. */
export class Capture {
  readonly #process: BackgroundProcess;
  readonly file: string;

  constructor(folder: string) {
    this.file = join(folder, "bgp.pcap");
    const log = join(folder, "tcpdump.log");
    const options = ["-i", "br0", "--immediate-mode", "-U", "-w", this.file, "tcp", "port", "179"];
    this.#process = new BackgroundProcess(OURS.namespace, log, "tcpdump", ...options);
  }

  stop(): Promise<void> {
    return this.#process.stop("SIGINT");
  }

  /** The BGP layers of all packets that match a display filter. */
  dissect(filter: string): unknown[] {
    const packets = JSON.parse(this.#tshark("-T", "json", "--no-duplicate-keys", "-J", "bgp", "-Y", filter));
    return packets.flatMap((packet: { _source: { layers: { bgp?: unknown } } }) => packet._source.layers.bgp ?? []);
  }

  /** Lines of what tshark has to complain about in packets that match a filter: malformed, or an expert's warning. */
  complaints(filter: string): string[] {
    return complaintsIn(this.file, filter);
  }

  /** The same for one message in hexadecimal, which never was on a wire. */
  complaintsAbout(message: string): string[] {
    const dump = `0000 ${message.match(/../g)?.join(" ")}\n`;
    const file = `${this.file}.one`;
    const toPort = ["-q", "-T", "40000,179"];
    execFileSync("text2pcap", [...toPort, "-", file], { input: dump, stdio: ["pipe", "ignore", "ignore"] });
    return complaintsIn(file, "bgp");
  }

  /** The text of the whole dissection, for people who look at a failure. */
  print(filter: string): string {
    return this.#tshark("-V", "-O", "bgp", "-Y", filter);
  }

  #tshark(...options: string[]): string {
    return tshark(this.file, ...options);
  }
}

function complaintsIn(file: string, filter: string): string[] {
  const wrong = `(${filter}) && (_ws.malformed || _ws.expert.severity >= "Warning" && bgp && !tcp.analysis.flags)`;
  return tshark(file, "-Y", wrong).split("\n").filter(Boolean);
}

function tshark(file: string, ...options: string[]): string {
  const command = ["-r", file, "-o", "tcp.desegment_tcp_streams:TRUE", ...options];
  return execFileSync("tshark", command, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
}
