import { objectType } from "@contrail/schema";
import { expect, test } from "vitest";
import { nameForm } from "./object-name.ts";

test("the form of a type's names has all that stands above it", () => {
  const form = (name: string) => {
    const type = objectType(name);
    return type === undefined ? undefined : nameForm(type);
  };
  expect(form("virtual-network")).toBe("domain:project:name");
  expect(form("routing-instance")).toBe("domain:project:virtual-network:name");
  expect(form("virtual-machine")).toBe("name");
});
