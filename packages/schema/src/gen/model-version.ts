// Generated from proto/model-versions.txt by packages/codegen: do not edit. Run: npm run generate
import type { ModelVersion } from "../model-version.ts";

export const GENERATED: ModelVersion = { major: 1, minor: 0, hash: "561f840014c9" };
