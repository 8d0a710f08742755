// The process in a machine's namespace that makes and takes traffic: tasks on stdin, answers on stdout.
import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import {
  acceptSocket,
  closeSocket,
  connectSocket,
  listenSocket,
  openSocket,
  receiveBytes,
  sendBytes,
  setSegmentBytes,
  shrinkReceiveBuffer,
  socketAddress,
} from "./blocking-socket.ts";
import { DATAGRAM_BYTES, type EndAnswer, type EndTask } from "./end-protocol.ts";

const STOP = 0xff;
const BATCH = 64;
const CLIENTS = 16;
const QUIET_MS = 300;
const FIRST_DATAGRAM_MS = 10_000;

type Task<K extends EndTask["kind"]> = Extract<EndTask, { kind: K }>;
interface Measured {
  readonly count: number;
  readonly seconds: number;
  readonly p50Us: number;
}

function answer(message: EndAnswer): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

function run(task: EndTask): Measured {
  switch (task.kind) {
    case "udp-sink":
      return sinkDatagrams(task);
    case "udp-source":
      return sendDatagrams(task);
    case "echo":
      return echo(task);
    case "answer-once":
      return answerOnce(task);
    case "request-response":
      return requestResponse(task);
    case "connections":
      return connections(task);
    case "probe":
      return probe(task);
  }
}

/**
 * Counts what reaches the socket, and reads nothing: reading costs as much as a host's data plane. The machine's stack
 * throws away what finds the socket full, and counts it; the few datagrams that fit are not in the count.
 */
function sinkDatagrams(task: Task<"udp-sink">): Measured {
  const fd = openSocket("udp", task);
  shrinkReceiveBuffer(fd);
  const before = datagramsAtSockets();
  answer({ kind: "ready" });
  let count = 0;
  const deadline = performance.now() + FIRST_DATAGRAM_MS;
  while (performance.now() < deadline) {
    pause(QUIET_MS);
    const now = datagramsAtSockets() - before;
    if (now > 0 && now === count) break;
    count = now;
  }
  closeSocket(fd);
  return { count, seconds: 0, p50Us: 0 };
}

/** Datagrams of this namespace that have found their socket full: RcvbufErrors of the line "Udp:" (proc_net(5)). */
function datagramsAtSockets(): number {
  const [names = "", values = ""] = readFileSync("/proc/self/net/snmp", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("Udp:"));
  return Number(values.split(" ")[names.split(" ").indexOf("RcvbufErrors")]);
}

/** Gives the CPU away. */
function pause(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

/** Hands 64 datagrams at once to the stack, which sends them one by one: the generator's share of the time is small. */
function sendDatagrams(task: Task<"udp-source">): Measured {
  const fd = openSocket("udp");
  setSegmentBytes(fd, DATAGRAM_BYTES);
  connectSocket(fd, socketAddress(task));
  const bytes = new Uint8Array(BATCH * DATAGRAM_BYTES);
  const start = performance.now();
  const end = start + task.durationMs;
  let count = 0;
  for (; performance.now() < end; count += BATCH) sendBytes(fd, bytes);
  const seconds = (performance.now() - start) / 1_000;
  closeSocket(fd);
  return { count, seconds, p50Us: 0 };
}

function echo(task: Task<"echo">): Measured {
  const listener = openSocket("tcp", task);
  listenSocket(listener);
  answer({ kind: "ready" });
  const fd = acceptSocket(listener);
  const bytes = new Uint8Array(1);
  let count = 0;
  for (; receiveBytes(fd, bytes) > 0; count++) sendBytes(fd, bytes);
  closeSocket(fd);
  closeSocket(listener);
  return { count, seconds: 0, p50Us: 0 };
}

/** The client closes first and keeps the port in TIME_WAIT, so that each connection of a run is a flow of its own. */
function answerOnce(task: Task<"answer-once">): Measured {
  const listener = openSocket("tcp", task);
  listenSocket(listener);
  answer({ kind: "ready" });
  const bytes = new Uint8Array(1);
  const open: number[] = [];
  let count = 0;
  for (; bytes[0] !== STOP; count++) {
    const fd = acceptSocket(listener);
    receiveBytes(fd, bytes);
    sendBytes(fd, bytes);
    const former = open[count % (2 * CLIENTS)];
    if (former !== undefined) closeSocket(former);
    open[count % (2 * CLIENTS)] = fd;
  }
  open.forEach(closeSocket);
  closeSocket(listener);
  return { count, seconds: 0, p50Us: 0 };
}

function requestResponse(task: Task<"request-response">): Measured {
  const fd = openSocket("tcp");
  connectSocket(fd, socketAddress(task));
  const bytes = new Uint8Array([1]);
  const times: number[] = [];
  const start = performance.now();
  const end = start + task.durationMs;
  let now = start;
  while (now < end) {
    sendBytes(fd, bytes);
    receiveBytes(fd, bytes);
    const after = performance.now();
    times.push(after - now);
    now = after;
  }
  closeSocket(fd);
  const p50 = Float64Array.from(times).sort()[times.length >> 1] ?? 0;
  return { count: times.length, seconds: (now - start) / 1_000, p50Us: p50 * 1_000 };
}

/** Clients take turns: while one waits for its answer the others go on, as on a busy server. */
function connections(task: Task<"connections">): Measured {
  const address = socketAddress(task);
  const bytes = new Uint8Array([1]);
  const start = performance.now();
  const end = start + task.durationMs;
  const clients = new Int32Array(CLIENTS);
  let count = 0;
  for (; performance.now() < end; count += CLIENTS) {
    for (let index = 0; index < CLIENTS; index++) clients[index] = openSocket("tcp");
    for (const fd of clients) connectSocket(fd, address);
    for (const fd of clients) sendBytes(fd, bytes);
    for (const fd of clients) {
      if (receiveBytes(fd, bytes) !== 1) throw new Error("a connection ended without an answer");
    }
    for (const fd of clients) closeSocket(fd);
  }
  const seconds = (performance.now() - start) / 1_000;
  const last = openSocket("tcp");
  connectSocket(last, address);
  sendBytes(last, new Uint8Array([STOP]));
  closeSocket(last);
  return { count, seconds, p50Us: 0 };
}

function probe(task: Task<"probe">): Measured {
  const fd = openSocket("udp", { host: task.from, port: 0 });
  connectSocket(fd, socketAddress(task));
  const bytes = new Uint8Array(DATAGRAM_BYTES);
  for (let index = 0; index < task.count; index++) sendBytes(fd, bytes);
  closeSocket(fd);
  return { count: task.count, seconds: 0, p50Us: 0 };
}

for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  try {
    const task: EndTask = JSON.parse(line); // Written by end-client.ts.
    const measured = run(task);
    const { user, system } = process.cpuUsage(before);
    answer({ kind: "result", ...measured, cpuSeconds: (user + system) / 1e6 });
  } catch (reason) {
    answer({ kind: "failure", message: reason instanceof Error ? reason.message : String(reason) });
  }
}
