import { runService } from "@contrail/runtime";
import { readSettings } from "./config.ts";
import { greeting } from "./greeting.ts";
import { keyFileOf, startDevCloud } from "./start.ts";

await runService("devcloud", async (signal) => {
  const settings = readSettings();
  const cloud = await startDevCloud(settings, signal);
  if (process.stdout.isTTY) process.stdout.write(greeting(cloud.api.endpoints[0], keyFileOf(settings)));
  return cloud;
});
