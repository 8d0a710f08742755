import type { Body, SignedClient } from "./signed-client.ts";

/** What grows with every call, and is nobody's to remove. */
const HISTORY = new Set(["listEvents", "listAsyncJobs", "listWebhookDeliveries"]);

/** What cloud-wide lists need beside; a list of no use without an id of something is left out. */
const NEEDED: Readonly<Record<string, string>> = { templatefilter: "all" };

/** All that a cloud has, by list command, whoever it belongs to: every list of listApis that needs no id, as an admin sees it. */
export async function holdings(admin: SignedClient): Promise<Readonly<Record<string, Body>>> {
  const held: Record<string, Body> = {};
  for (const { name, params } of (await admin.call("listApis")).api as readonly Body[]) {
    const command = String(name);
    const taken = params as readonly { readonly name: string; readonly required: boolean }[]; // By the API.
    const isAnswerable = taken.every(({ name: one, required }) => !required || one in NEEDED);
    if (!command.startsWith("list") || command === "listNics" || HISTORY.has(command) || !isAnswerable) continue;
    const given: Readonly<Record<string, string>> = {
      ...NEEDED,
      listall: "true",
      projectid: "-1",
      isrecursive: "true",
    };
    const fitting = Object.entries(given).filter(([one]) => taken.some((parameter) => parameter.name === one));
    // Of limits and the like only one owner's can be asked.
    const asked = fitting.filter(([one]) => one !== "projectid" || command !== "listResourceLimits");
    held[command] = await admin.call(command, Object.fromEntries(asked));
  }
  return held;
}
