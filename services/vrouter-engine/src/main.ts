import { runService } from "@contrail/runtime";
import { readSettings } from "./config.ts";
import { startEngine } from "./start.ts";

await runService("vrouter-engine", () => startEngine(readSettings()));
