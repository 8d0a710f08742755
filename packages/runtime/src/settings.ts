import { type ParseArgsConfig, parseArgs } from "node:util";
import { ContrailError } from "@contrail/errors";
import type { z } from "zod";

/**
 * Reads a service's settings: each key of the schema is a flag (`restListen` is `--rest-listen VALUE`) or an environment
 * variable (`CONTRAIL_REST_LISTEN`); the flag wins. Each schema field takes a string (use z.coerce, z.stringbool, enums)
 * and has `.describe()` for --help. Throws ContrailError "settings.bad_request" naming the flag, and "settings.help" with
 * the text to print where --help is given.
 */
export function parseSettings<S extends z.ZodObject>(
  schema: S,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): z.infer<S> {
  const keys = Object.keys(schema.shape);
  const options = Object.fromEntries(keys.map((key) => [kebabCase(key), { type: "string" as const }]));
  const flags = readFlags(argv, { ...options, help: { type: "boolean", short: "h" } });
  if (flags.help === true) throw new ContrailError("settings.help", describeSettings(schema));
  const raw: Record<string, string> = {};
  for (const key of keys) {
    const value = flags[kebabCase(key)] ?? env[variable(key)];
    if (typeof value === "string") raw[key] = value;
  }
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `--${kebabCase(String(issue.path[0] ?? ""))}: ${issue.message}`);
  throw new ContrailError("settings.bad_request", `${problems.join("; ")}. See --help.`);
}

/** Two lines for each setting: flag and variable, meaning and default. */
function describeSettings(schema: z.ZodObject): string {
  const lines = Object.entries(schema.shape).map(([key, field]) => {
    // Object shapes of zod hold zod types; the loose index type hides it.
    const type = field as z.ZodType;
    const parsed = type.safeParse(undefined);
    const fallback = parsed.success && parsed.data !== undefined ? ` (default ${String(parsed.data)})` : "";
    return `  --${kebabCase(key)} VALUE (${variable(key)})\n      ${type.description ?? ""}${fallback}`;
  });
  return lines.join("\n");
}

function readFlags(argv: readonly string[], options: NonNullable<ParseArgsConfig["options"]>): Record<string, unknown> {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (reason) {
    throw new ContrailError("settings.bad_request", `${ContrailError.from(reason).message}. See --help.`);
  }
}

function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function variable(key: string): string {
  return `CONTRAIL_${kebabCase(key).replaceAll("-", "_").toUpperCase()}`;
}
