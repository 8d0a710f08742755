import { z } from "zod";

/** A uuid of CloudStack's, in a payload or a list, in lower case as the configuration has it. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "a uuid is wanted")
  .transform((value) => value.toLowerCase());

/** A text that may be left out. */
export const text = z.string().optional();

/** undefined for a text that is left out or empty. */
export function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
