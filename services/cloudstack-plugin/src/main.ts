import { runService } from "@contrail/runtime";
import { readSettings } from "./config.ts";
import { startPlugin } from "./start.ts";

await runService("cloudstack-plugin", () => startPlugin(readSettings()));
