import { runService } from "@contrail/runtime";
import { readSettings } from "./config.ts";
import { startAgent } from "./start.ts";

await runService("vrouter-agent", () => startAgent(readSettings()));
