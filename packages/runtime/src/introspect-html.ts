/*
 * Pages of introspect for browsers: the same content as the JSON form. Whatever the content says (names that tenants and
 * peers have chosen) is text, never markup.
 */

const STYLE = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; margin: 0.2rem 0; }
th, td { border: 1px solid #d0d0d0; padding: 0.15rem 0.5rem; text-align: left; vertical-align: top; }
th { background: #f2f2f2; font-weight: 600; }
nav a { margin-right: 1rem; }
.none { color: #767676; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; }
  th { background: #2a2a2a; } th, td { border-color: #444; } a { color: #8ab4f8; }
}`;

/** No script, and nothing from elsewhere. */
export const HTML_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  "x-content-type-options": "nosniff",
} as const;

/** A link of a page's content to another page; JSON has its path as text. */
export class PageLink {
  readonly path: string;

  /** page: its name; query: its parameters. */
  constructor(page: string, query: Readonly<Record<string, string>>) {
    this.path = `/${page}?${new URLSearchParams(query)}`;
  }

  toJSON(): string {
    return this.path;
  }
}

/** A whole page: title, links to the other pages, and the content as tables. */
export function htmlPage(title: string, pages: readonly string[], content: unknown): string {
  const links = ["/", ...pages].map(htmlLink).join(" ");
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>`,
    `<body><nav>${links}</nav><h1>${escapeHtml(title)}</h1><main>${htmlValue(content)}</main></body></html>\n`,
  ].join("\n");
}

/** A value as the JSON form would have it: lists of objects as tables with a row each, objects as tables of two columns. */
function htmlValue(value: unknown): string {
  if (value === undefined || value === null || value === "") return '<span class="none">-</span>';
  if (value instanceof Uint8Array) return escapeHtml(Buffer.from(value).toString("hex"));
  if (value instanceof PageLink) return htmlLink(value.path);
  if (Array.isArray(value)) return htmlList(value);
  if (typeof value !== "object") return escapeHtml(String(value));
  const rows = Object.entries(value).map(
    ([name, each]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${htmlValue(each)}</td></tr>`,
  );
  return rows.length === 0 ? htmlValue(undefined) : `<table>${rows.join("")}</table>`;
}

function htmlList(list: readonly unknown[]): string {
  if (list.length === 0) return '<span class="none">none</span>';
  if (!list.every(isRecord)) return list.map(htmlValue).join("<br>");
  const names = [...new Set(list.flatMap((row) => Object.keys(row)))];
  const head = names.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const rows = list.map((row) => `<tr>${names.map((name) => `<td>${htmlValue(row[name])}</td>`).join("")}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function htmlLink(path: string): string {
  return `<a href="${escapeHtml(path)}">${escapeHtml(path)}</a>`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !(value instanceof Uint8Array || value instanceof PageLink);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
