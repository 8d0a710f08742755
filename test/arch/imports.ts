import { codeOf } from "./source-text.ts";

const STATEMENT = /\b(?:import|export)\b[^;'"`]*?\bfrom\s*["']([^"'\n]+)["']|\bimport\s*\(?\s*["']([^"'\n]+)["']/g;

/** What a file imports or re-exports, in order: "./rib.ts", "@contrail/net", "node:fs". */
export function importsOf(text: string): readonly string[] {
  const code = codeOf(text);
  return [...codeOf(text, false).matchAll(STATEMENT)]
    .filter((found) => code[found.index] !== " ") // A statement inside a string is a sample, not an import.
    .map((found) => found[1] ?? found[2] ?? "");
}

/** The package of an import: "@contrail/testkit" of "@contrail/testkit/dataplane"; undefined for a file or node:. */
export function packageOf(specifier: string): string | undefined {
  if (/^(\.|node:|\/)/.test(specifier)) return undefined;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
