import { defineConfig } from "tsup";

/** Our own packages are bundled; all others stay in node_modules: some are CommonJS or bring native code. */
export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  target: "node24",
  noExternal: [/^@contrail\//],
  skipNodeModulesBundle: true,
  removeNodeProtocol: false, // node:sqlite has no other name.
});
