// What `npm run bench` and `npm run test:soak` can run: the folders of test/bench and test/soak with a main.ts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./packages.mjs";

const SCRIPTS = { bench: "npm run bench", soak: "npm run test:soak" };

/** The programs of a command, one line each: its name, and what its main.ts says of it in its first comment. */
export function programList(command) {
  const folder = join(ROOT, "test", command);
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "main.ts")));
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.sort().map((name) => `  ${name.padEnd(width)}  ${firstSentence(join(folder, name, "main.ts"))}`);
  const usage = `${SCRIPTS[command]} -- NAME [options]; its options: ${SCRIPTS[command]} -- NAME --help`;
  return `${usage}\n\n${lines.join("\n")}\n`;
}

/** "// `npm run bench -- config`: the configuration node beside its store." gives what stands behind the colon. */
function firstSentence(file) {
  const comment = /^\/\/ (.*)$/m.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  return comment.replace(/^`[^`]*`: /, "");
}
