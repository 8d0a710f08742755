import {
  baseProperties,
  type ObjectType,
  objectType,
  objectTypes,
  type Property,
  type Struct,
  struct,
  underscored,
} from "@contrail/schema";

const STYLE =
  "body{font:15px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}" +
  "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;" +
  "vertical-align:top}code,pre{font-family:monospace;background:#f4f4f4}pre{padding:.6rem;overflow:auto}" +
  "ul.types{columns:3}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}code,pre{background:#262626}" +
  "a{color:#8bf}td,th{border-color:#444}}";

/** The first page: all object types, and the actions with what they do. actions: path with its method, and a summary. */
export function indexPage(actions: readonly (readonly [path: string, summary: string])[]): string {
  const types = objectTypes().map(({ name }) => `<li>${link(name, name)}</li>`);
  const rows = actions.map(
    ([path, summary]) => `<tr><td><code>${escaped(path)}</code></td><td>${escaped(summary)}</td></tr>`,
  );
  return page(
    "Configuration API",
    `<p>The same for programs: <a href="/openapi.json">openapi.json</a>. Refusals are plain text.</p>
<h2>Object types</h2><ul class="types">${types.join("")}</ul>
<h2>Actions</h2><table><tr><th>Path</th><th>What it does</th></tr>${rows.join("")}</table>`,
  );
}

/** The page of an object type or a complex type; undefined where the model has none of this name. */
export function typePage(name: string): string | undefined {
  const type = objectType(name);
  if (type !== undefined) return objectPage(type);
  const fields = struct(name);
  return fields === undefined ? undefined : page(name, fieldTable(fields));
}

function objectPage(type: ObjectType): string {
  const { name, parents, links, properties } = type;
  const above = parents.length === 0 ? "none" : parents.map((parent) => link(parent, parent)).join(", ");
  const below = objectTypes().filter(({ parents: all }) => all.includes(name));
  const refs = links.map(
    ({ to, attribute }) =>
      `<tr><td><code>${underscored(to)}_refs</code></td><td>${link(to, to)}</td><td>${attribute === undefined ? "" : link(attribute, attribute)}</td></tr>`,
  );
  const example = { [name]: { fq_name: [...(parents.length === 0 ? [] : ["…"]), "name"], display_name: "a name" } };
  return page(
    name,
    `<p>Parents: ${above}. Children: ${below.map((child) => link(child.name, child.name)).join(", ") || "none"}.</p>
<p><code>GET, POST /${name}s</code> · <code>GET, PUT, DELETE /${name}/&lt;uuid&gt;</code></p>
<pre>POST /${name}s
${escaped(JSON.stringify(example, null, 2))}</pre>
<h2>Properties</h2>${fieldTable(properties)}
<h2>References</h2><table><tr><th>Key</th><th>To</th><th>Attribute</th></tr>${refs.join("")}</table>
<h2>Properties of every object</h2>${fieldTable(baseProperties())}`,
  );
}

function fieldTable(fields: Struct): string {
  const rows = Object.entries(fields).map(
    ([name, field]) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${kindOf(field)}</td><td>${notesOf(field)}</td></tr>`,
  );
  return `<table><tr><th>Name</th><th>Kind</th><th>Notes</th></tr>${rows.join("")}</table>`;
}

function kindOf({ type, list }: Property): string {
  return `${list === true ? "list of " : ""}${struct(type) === undefined ? escaped(type) : link(type, type)}`;
}

function notesOf({ values, min, max, defaultJson, operations, collection, presence }: Property): string {
  const notes = [
    ...(values === undefined ? [] : [values.map((value) => (value === "" ? '""' : value)).join(" | ")]),
    ...(min === undefined && max === undefined ? [] : [`${min ?? "…"} to ${max ?? "…"}`]),
    ...(defaultJson === undefined ? [] : [`default ${defaultJson}`]),
    ...(operations === "R" || presence === "system-only" ? ["the server's own"] : []),
    ...(operations === "CR" ? ["given at the creation only"] : []),
    ...(collection === undefined ? [] : [`${collection}: elements can be changed one by one`]),
  ];
  return escaped(notes.join("; "));
}

function link(name: string, text: string): string {
  return `<a href="/documentation/${encodeURIComponent(name)}">${escaped(text)}</a>`;
}

function page(title: string, body: string): string {
  const up = title === "Configuration API" ? "" : '<p><a href="/documentation">Configuration API</a></p>';
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>`;
  return `<!doctype html><html lang="en"><head>${head}<style>${STYLE}</style></head><body>${up}<h1>${escaped(title)}</h1>${body}</body></html>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
