import { expect, test } from "vitest";
import { greeting } from "./greeting.ts";

test("a person is told the URL, where the keys are, and how to stop it", () => {
  expect(greeting("127.0.0.1:8090", "/d/cloudstack.ini")).toBe(
    "DevCloud: CloudStack's API on http://127.0.0.1:8090/client/api. Ctrl-C stops it.\n" +
      "  its keys for cs, Ansible and others: /d/cloudstack.ini\n",
  );
});
