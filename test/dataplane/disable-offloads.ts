import { disableOffloads } from "@contrail/netns";

/** Switches offloads off on a device of the namespace that this process is in. */
process.exitCode = disableOffloads(process.argv[2] ?? "") ? 0 : 1;
