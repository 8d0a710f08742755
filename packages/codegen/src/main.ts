import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { differences } from "./differences.ts";
import { modelHash, readVersions, renderVersion } from "./model-version.ts";
import { readModel } from "./read-model.ts";
import { renderClientTypes } from "./render-client-types.ts";
import { renderModel } from "./render-model.ts";

/**
 * Writes the generated code: packages/schema/src/gen and packages/vnc-client/src/gen from the descriptor set of the
 * schema and the list of versions, packages/wire/src/gen by ts-proto. With --check it writes nothing and exits 1 where the committed code differs.
 */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const BUF = join(ROOT, "node_modules/.bin/buf");
const MODEL = "packages/schema/src/gen";
const CLIENT = "packages/vnc-client/src/gen";
/** What nodes of different versions say to each other; the data plane's is between processes of one host. */
const BETWEEN_NODES = ["bus", "config", "control", "schema"];
const FOLDERS = [MODEL, CLIENT, "packages/wire/src/gen"];

function generate(target: string): void {
  const descriptors = execFileSync(BUF, ["build", "-o", "-#format=binpb"], { cwd: ROOT, maxBuffer: 64 << 20 });
  const model = readModel(descriptors);
  for (const folder of [MODEL, CLIENT]) mkdirSync(join(target, folder), { recursive: true });
  writeFileSync(join(target, MODEL, "model.ts"), renderModel(model));
  writeFileSync(join(target, MODEL, "model-version.ts"), renderVersion(version()));
  writeFileSync(join(target, CLIENT, "objects.ts"), renderClientTypes(model));
  execFileSync(BUF, ["generate", "--output", target], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
}

function version() {
  const proto = join(ROOT, "proto");
  const isCounted = (path: string): boolean => BETWEEN_NODES.includes(path.split("/")[1] ?? "");
  const files = [...filesOf(proto)].filter(([path]) => path.endsWith(".proto") && isCounted(path));
  try {
    return readVersions(readFileSync(join(proto, "model-versions.txt"), "utf8"), modelHash(new Map(files)));
  } catch (reason) {
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    process.exit(1);
  }
}

function filesOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
}

if (process.argv.includes("--check")) {
  const target = mkdtempSync(join(tmpdir(), "contrail-generate-"));
  generate(target);
  const changed = FOLDERS.flatMap((folder) =>
    differences(filesOf(join(ROOT, folder)), filesOf(join(target, folder))).map((name) => join(folder, name)),
  );
  rmSync(target, { recursive: true });
  if (changed.length > 0) {
    process.stderr.write(`generated code differs from its source: ${changed.join(", ")}\nRun: npm run generate\n`);
    process.exit(1);
  }
} else {
  generate(ROOT);
}
