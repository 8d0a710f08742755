import { runService } from "@contrail/runtime";
import { readSettings } from "./config.ts";
import { startDevCloud } from "./start.ts";

await runService("devcloud", (signal) => startDevCloud(readSettings(), signal));
