import { disableOffloads } from "@contrail/netns";

/** `node plain-frames-main.ts DEVICE`: runs inside a machine's namespace: whole checksums and no large frames, as the TypeScript engine needs them. */
disableOffloads(process.argv[2] ?? "eth0");
