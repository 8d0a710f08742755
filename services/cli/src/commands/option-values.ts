import { InvalidArgumentError, Option } from "commander";
import { CONTROL_NODES, HOSTS } from "../supervisor/layout.ts";

/** Reads an option's whole number, written in digits; the command fails with its usage where it is none in the range. */
export function wholeNumber(least: number, most?: number): (text: string) => number {
  const range = most === undefined ? `${least} or more` : `from ${least} to ${most}`;
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER)) return value;
    throw new InvalidArgumentError(`A whole number is wanted, ${range}.`);
  };
}

/** One host of the embedded system, by its name. */
export function hostOption(): Option {
  // Its own parser says what there is; the choices are for completion.
  return new Option("--host <host>", "one host only").choices(HOSTS).argParser(hostName);
}

/** Reads the name of a host of the embedded system. */
export function hostName(text: string): string {
  const hosts: readonly string[] = HOSTS;
  if (hosts.includes(text)) return text;
  throw new InvalidArgumentError(`There is no such host; hosts are ${hosts.join(", ")}.`);
}

/** One control node of the embedded system, by its name. */
export function controlNodeOption(): Option {
  return new Option("--node <node>", "one control node only").choices(CONTROL_NODES).argParser(controlNodeName);
}

/** Reads the name of a control node of the embedded system. */
function controlNodeName(text: string): string {
  const nodes: readonly string[] = CONTROL_NODES;
  if (nodes.includes(text)) return text;
  throw new InvalidArgumentError(`There is no such control node; they are ${nodes.join(", ")}.`);
}
