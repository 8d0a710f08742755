import { defineConfig } from "tsup";

/**
 * Our own packages are bundled; all others stay in node_modules: some are CommonJS or bring native code. The workers of
 * store and log are programs of their own and lie beside the bundle.
 */
export default defineConfig({
  entry: {
    main: "src/main.ts",
    "log-worker": "../../packages/bus-embedded/src/log-worker.ts",
    "store-worker": "../../packages/store-sqlite/src/store-worker.ts",
  },
  format: "esm",
  splitting: false,
  target: "node24",
  noExternal: [/^@contrail\//],
  skipNodeModulesBundle: true,
  removeNodeProtocol: false, // node:sqlite has no other name.
});
