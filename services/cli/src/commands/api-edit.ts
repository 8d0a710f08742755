import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { editObject } from "../api/edit-session.ts";
import { withoutNotes } from "../api/edited-text.ts";
import { editorCommand } from "../config.ts";
import { checkType, uuidOf } from "./api-objects.ts";
import { configurationApi } from "./connection.ts";

/** `contrail api edit TYPE NAME|UUID`: in the person's editor; a text that is not taken is kept, and its place told. */
export async function apiEdit(type: string, name: string): Promise<number> {
  const editor = editorCommand();
  if (editor === undefined) {
    const other = `contrail api export ${type} ${name} > FILE; contrail api apply -f FILE`;
    throw new ContrailError("api.bad_request", `an editor needs a terminal; without one, or with EDITOR: ${other}`);
  }
  const uuid = await uuidOf(checkType(type), name);
  const directory = mkdtempSync(join(tmpdir(), "contrail-edit-"));
  const file = join(directory, `${type}.yaml`);
  let first: string | undefined;
  const edit = (text: string): string => {
    first ??= text;
    return openEditor(editor, file, text);
  };
  try {
    const { kind, warnings } = await editObject(configurationApi(), type, uuid, edit);
    for (const text of warnings) process.stderr.write(`warning: ${text}\n`);
    process.stdout.write(`${kind.padEnd(9)} ${type} ${name}\n`);
    rmSync(directory, { recursive: true });
    return 0;
  } catch (reason) {
    if (first === undefined || withoutNotes(readFileSync(file, "utf8")) === withoutNotes(first)) {
      rmSync(directory, { recursive: true });
      throw reason;
    }
    const { code, message } = ContrailError.from(reason);
    throw new ContrailError(code, `${message}; the text is kept in ${file}`);
  }
}

function openEditor(editor: string, file: string, text: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  // Editors are named with their options, as in EDITOR="code --wait".
  const { status, error } = spawnSync("/bin/sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" });
  if (error !== undefined || status !== 0) {
    throw new ContrailError("api.unavailable", `${editor} failed: nothing was changed; EDITOR names another`);
  }
  return readFileSync(file, "utf8");
}
