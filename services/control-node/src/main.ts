import { runService } from "@contrail/runtime";
import { readSettings } from "./config.ts";
import { startControlNode } from "./start.ts";

await runService("control-node", (signal) => startControlNode(readSettings(), signal));
