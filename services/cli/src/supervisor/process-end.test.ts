import { expect, test } from "vitest";
import { endText, startProblem } from "./process-end.ts";

const LOG = "/s/log/config.log";

test("a process that ended by itself is told with its code or signal, and where to look", () => {
  expect(endText({ code: 3, signal: null, lateMs: undefined })).toBe("it ended with code 3");
  expect(startProblem("config", { code: null, signal: "SIGSEGV", lateMs: undefined }, LOG)).toBe(
    "config did not start: it ended with SIGSEGV; see /s/log/config.log",
  );
});

test("one that was ended for being late is told with the time, how busy the machine is, and what to do", () => {
  const text = startProblem("config", { code: null, signal: "SIGKILL", lateMs: 180_000 }, LOG, [27.25, 20, 10]);
  expect(text).toMatch(
    /^config did not start: it did not serve in 180 s and was ended; where the machine is busy \(27\.3 processes want \d+ processors\), run it again when it is less so; else see \/s\/log\/config\.log$/,
  );
});
