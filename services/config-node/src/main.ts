import { runService } from "@contrail/runtime";
import { readSettings } from "./config.ts";
import { startConfigNode } from "./start.ts";

await runService("config-node", (signal) => startConfigNode(readSettings(), signal));
