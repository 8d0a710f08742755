import { defineConfig } from "tsup";

/**
 * Our own packages are bundled; all others stay in node_modules: some are CommonJS or bring native code. The programs
 * that run inside machines lie beside the bundle.
 */
export default defineConfig({
  entry: {
    main: "src/main.ts",
    "names-main": "src/api/names-main.ts",
    "dhcp-client-main": "../../packages/machine/src/dhcp-client-main.ts",
    "plain-frames-main": "../../packages/machine/src/plain-frames-main.ts",
  },
  splitting: false,
  format: "esm",
  target: "node24",
  noExternal: [/^@contrail\//],
  skipNodeModulesBundle: true,
  removeNodeProtocol: false,
});
