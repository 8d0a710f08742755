import { EmbeddedSystem, missingFor, type SystemForm } from "@contrail/testkit/embedded";
import { afterAll, beforeAll, describe } from "vitest";
import { cloudTests } from "./cloud-tests.ts";
import { commandTests, usageTests } from "./command-tests.ts";
import { listenerTests } from "./listener-tests.ts";
import { misplacedTests } from "./misplaced-tests.ts";
import { overlayTests } from "./overlay-tests.ts";
import type { SystemTests } from "./running-system.ts";
import { serviceTests } from "./service-tests.ts";
import { hangTests, statusTests } from "./status-tests.ts";
import { stopTests } from "./stop-tests.ts";

/** What is asked of one running system: started once for all of these, as that takes seconds. */
const TESTS: Readonly<Record<"ebpf" | "user", readonly SystemTests[]>> = {
  ebpf: [
    statusTests,
    hangTests,
    commandTests,
    usageTests,
    listenerTests,
    overlayTests,
    serviceTests,
    cloudTests,
    misplacedTests,
    stopTests,
  ],
  user: [statusTests, commandTests, serviceTests, cloudTests, misplacedTests, stopTests],
};

describe.each(["ebpf", "user"] as const satisfies readonly SystemForm[])("a running system, form %s", (form) => {
  const missing = missingFor(form);
  if (missing !== undefined) process.stderr.write(`a running system of form ${form} is skipped: ${missing}\n`);
  let system: EmbeddedSystem | undefined;

  beforeAll(async () => {
    if (missing === undefined) system = await EmbeddedSystem.start(form);
  });
  afterAll(() => system?.close());

  const running = (): EmbeddedSystem => {
    if (system === undefined) throw new Error("the system did not start");
    return system;
  };
  for (const tests of TESTS[form]) tests({ form, missing, system: running });
});
