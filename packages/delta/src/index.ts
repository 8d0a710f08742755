export { DesiredRows } from "./desired-rows.ts";
