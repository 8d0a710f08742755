import { expect, test } from "vitest";
import { createMeter } from "./prom-meter.ts";

test("counters, gauges and histograms are scraped with their labels", async () => {
  const meter = createMeter();
  meter.counter("contrail_test_calls_total", "calls", ["kind"]).add(2, { kind: "a" });
  meter.gauge("contrail_test_peers", "peers").set(3);
  meter.histogram("contrail_test_wait_seconds", "waits", [0.1, 1]).observe(0.5);
  const lines = (await meter.scrape()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'contrail_test_calls_total{kind="a"} 2',
      "contrail_test_peers 3",
      'contrail_test_wait_seconds_bucket{le="0.1"} 0',
      'contrail_test_wait_seconds_bucket{le="1"} 1',
    ]),
  );
});

test("the same name twice is one metric, and two meters share none", async () => {
  const [meter, other] = [createMeter(), createMeter()];
  for (const of of [meter, meter]) of.counter("contrail_test_calls_total", "calls").add(1);
  other.counter("contrail_test_calls_total", "calls").add(5);
  expect(await meter.scrape()).toContain("contrail_test_calls_total 2");
});

test("a process's memory and the lag of its event loop are told without asking for them", async () => {
  const text = await createMeter().scrape();
  expect(text).toMatch(/^process_resident_memory_bytes [0-9]+$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});
