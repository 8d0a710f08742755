import type { Bus } from "@contrail/bus";
import { follow } from "./follow.ts";
import type { Log } from "./log.ts";

/** The bus as the process sees it that hosts the log. Closing it leaves the log open. */
export function createLocalBus(log: Log): Bus {
  return {
    append: (topic, records) => log.append(topic, records),
    read: (topic, fromOffset, signal) => follow(log, topic, fromOffset, signal),
    highWaterMark: (topic) => log.highWaterMark(topic),
    close: () => Promise.resolve(),
  };
}
