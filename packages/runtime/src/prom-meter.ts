import type { Meter } from "@contrail/observability";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** A meter with the text that a Prometheus server scrapes. */
export interface ScrapedMeter extends Meter {
  scrape(): Promise<string>;
}

/**
 * A meter of its own registry, with the process's own measures (CPU, memory, lag of the event loop since the last scrape);
 * the same name twice gives the same metric.
 */
export function createMeter(): ScrapedMeter {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const known = new Map<string, unknown>();
  function once<T>(name: string, make: () => T): T {
    if (!known.has(name)) known.set(name, make());
    return known.get(name) as T; // One name is only ever registered by one kind.
  }
  return {
    counter(name, help, labelNames = []) {
      const metric = once(name, () => new Counter({ name, help, labelNames, registers: [registry] }));
      return { add: (value, labels = {}) => metric.inc(labels, value) };
    },
    gauge(name, help, labelNames = []) {
      const metric = once(name, () => new Gauge({ name, help, labelNames, registers: [registry] }));
      return { set: (value, labels = {}) => metric.set(labels, value) };
    },
    histogram(name, help, buckets, labelNames = []) {
      const metric = once(
        name,
        () => new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [registry] }),
      );
      return { observe: (value, labels = {}) => metric.observe(labels, value) };
    },
    scrape: () => registry.metrics(),
  };
}
