import type { Model } from "./read-model.ts";

const HEAD = `// Generated from proto/opencontrail/schema by packages/codegen: do not edit. Run: npm run generate
import type { ObjectType, Struct } from "../model.ts";
`;

/** The source of packages/schema/src/gen/model.ts: two plain tables, one line a row. */
export function renderModel(model: Model): string {
  return [HEAD, table("OBJECT_TYPES", "ObjectType", model.objectTypes), table("STRUCTS", "Struct", model.structs)].join(
    "\n",
  );
}

function table(name: string, type: string, rows: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(rows).map(([key, row]) => `  ${JSON.stringify(key)}: ${JSON.stringify(row)},\n`);
  return `export const ${name}: Readonly<Record<string, ${type}>> = {\n${lines.join("")}};\n`;
}
