export { createKafkaBus } from "./kafka-bus.ts";
export type { KafkaBusOptions, KafkaTls } from "./options.ts";
