import { disableOffloads } from "@contrail/netns";

/** Runs inside a machine's namespace: whole checksums and no large frames, as the TypeScript engine needs them. */
disableOffloads("eth0");
