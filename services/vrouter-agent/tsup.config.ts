import { copyFile } from "node:fs/promises";
import { defineConfig } from "tsup";

/**
 * Our own packages are bundled; all others stay in node_modules: some are CommonJS or bring native code. The compiled
 * eBPF programs lie beside the bundle.
 */
export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  target: "node24",
  noExternal: [/^@contrail\//],
  skipNodeModulesBundle: true,
  removeNodeProtocol: false,
  onSuccess: () => copyFile("../../packages/dataplane-ebpf/bpf/vrouter.bpf.o", "dist/vrouter.bpf.o"),
});
