import type { Tree } from "./tree.ts";

/** One package.json below the root. */
export interface Workspace {
  /** "packages/net". */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** core, port, adapter, service or test; as written. */
  readonly layer: string | undefined;
  /** Public entrances: "." and "./dataplane". */
  readonly exports: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly contrail?: { readonly layer?: string };
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The workspaces of a tree, in the order of its files. */
export function workspacesOf(tree: Tree): readonly Workspace[] {
  return [...tree]
    .filter(([path]) => /^(packages|services|test)\/[^/]+\/package\.json$/.test(path))
    .map(([path, text]) => workspaceOf(path.slice(0, -"/package.json".length), JSON.parse(text) as Manifest)); // npm read it.
}

function workspaceOf(folder: string, manifest: Manifest): Workspace {
  return {
    folder,
    name: manifest.name ?? folder,
    version: manifest.version ?? "",
    layer: manifest.contrail?.layer,
    exports: Object.keys(manifest.exports ?? {}),
    dependencies: manifest.dependencies ?? {},
    devDependencies: manifest.devDependencies ?? {},
  };
}

/** The workspace that a file lies in. */
export function workspaceAt(workspaces: readonly Workspace[], path: string): Workspace | undefined {
  return workspaces.find(({ folder }) => path.startsWith(`${folder}/`));
}

/** A package.json for samples. */
export function manifest(name: string, layer: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ name, version: "1.0.0", contrail: { layer }, ...more });
}
