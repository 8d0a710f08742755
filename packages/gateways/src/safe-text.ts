import { ContrailError } from "@contrail/errors";

/*
 * Names and keys come from tenants and operators; a configuration is read line by line. What is written here cannot end
 * a line, a string or a word, whatever it was made of.
 */
const MAX_COMMENT = 200;
const MAX_WORD = 32;
/** TCP_MD5SIG_MAXKEYLEN of Linux. */
const MAX_KEY = 80;

/** Stands for a key that is not to be shown: the operator replaces it. */
export const KEY_PLACEHOLDER = "FILL-IN-THE-KEY";

/** A name for a comment or a quoted description: letters, digits and ". : _ / -", anything else is "_". */
export function comment(name: string): string {
  return name.slice(0, MAX_COMMENT).replaceAll(/[^A-Za-z0-9.:_/-]/g, "_");
}

/** A name as one argument of a shell's command that a person may copy: quoted where it is not plain, on one line. */
export function argument(name: string): string {
  const line = name.slice(0, MAX_COMMENT).replaceAll(/\p{Cc}/gu, "_");
  return /^[A-Za-z0-9.:_/-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}

/** A name as part of a word: letters, digits and "-"; may be empty. */
export function word(name: string): string {
  return name.slice(0, MAX_WORD).replaceAll(/[^A-Za-z0-9]/g, "-");
}

/** The key itself. Throws where it would not be one word: neither FRR nor Junos would take it as it is. */
export function checkedKey(key: string, owner: string): string {
  if (key.length <= MAX_KEY && /^[!#-[\]-~]+$/.test(key)) return key;
  throw new ContrailError(
    "gateway.bad_request",
    `the MD5 key of ${owner} is not 1 to ${MAX_KEY} printable characters without spaces, " and \\; set another one in ` +
      `auth_data: contrail api edit bgp-router ${owner}`,
  );
}
