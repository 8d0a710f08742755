import { objectTypes } from "@contrail/schema";
import type { Command } from "commander";

/** Programs that the script calls, as words of a command line. */
export interface CompletionPrograms {
  /** The CLI itself: where there is no program `contrail`, the script makes it one. */
  readonly contrail: readonly string[];
  /** Prints the names of the objects of the type that follows. */
  readonly names: readonly string[];
}

export const SHELLS = ["bash", "zsh"] as const;

/** A shell that can be told to complete. */
export type Shell = (typeof SHELLS)[number];

/** A script that makes a shell complete commands, options, object types and the names of objects that are there. */
export function completionScript(program: Command, shell: Shell, programs: CompletionPrograms): string {
  const commands = commandsBelow(program, "");
  return [
    `# Completion of contrail for ${shell}: source <(contrail completion ${shell})`,
    `command -v contrail >/dev/null 2>&1 || contrail() { ${quotedWords(programs.contrail)} "$@"; }`,
    choice("_contrail_commands", commands, wordsAfter),
    choice("_contrail_options", commands, (command) => command.options.flatMap(({ long }) => long ?? [])),
    choice("_contrail_arguments", commands, (command) =>
      command.registeredArguments.map((argument) => argument.name()),
    ),
    CANDIDATES.replace("NAMES", () => quotedWords(programs.names)).replace("TYPES", typeNames),
    shell === "bash" ? BASH : ZSH,
  ].join("\n");
}

/** Commands by the words that lead to them; "" leads to the program. */
function commandsBelow(command: Command, path: string): readonly (readonly [path: string, command: Command])[] {
  const below = command.commands.flatMap((item) =>
    commandsBelow(item, path === "" ? item.name() : `${path} ${item.name()}`),
  );
  return [[path, command], ...below];
}

function wordsAfter({ commands, registeredArguments }: Command): readonly string[] {
  return [
    ...commands.map((below) => below.name()),
    ...registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  ];
}

/** A function of the shell that prints words, one a line, for the path of a command. */
function choice(
  name: string,
  commands: readonly (readonly [path: string, command: Command])[],
  words: (command: Command) => readonly string[],
): string {
  const cases = commands.flatMap(([path, command]) => {
    const found = words(command);
    return found.length === 0 ? [] : [`    ${quotedWords([path])}) printf '%s\\n' ${quotedWords(found)};;`];
  });
  return `${name}() {\n  case "$1" in\n${cases.join("\n")}\n    *) ;;\n  esac\n}`;
}

function typeNames(): string {
  return quotedWords(objectTypes().map(({ name }) => name));
}

function quotedWords(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

/** Prints what may follow: path of the command, number of arguments so far, the first of them, the word begun. */
const CANDIDATES = `_contrail_candidates() {
  case "$4" in -*) _contrail_options "$1"; return;; esac
  _contrail_commands "$1"
  _contrail_arguments "$1" | grep -q '^type$' || return 0
  case "$2" in
    0) printf '%s\\n' TYPES;;
    1) NAMES "$3" 2>/dev/null;;
    *) ;;
  esac
}
# The path of the command and its arguments, from the words before the cursor.
_contrail_split() {
  _contrail_path=; _contrail_count=0; _contrail_first=
  for _contrail_word; do
    case "$_contrail_word" in -*) continue;; esac
    if [ "$_contrail_count" = 0 ] && _contrail_commands "$_contrail_path" | grep -Fqx -e "$_contrail_word"; then
      _contrail_path="\${_contrail_path:+$_contrail_path }$_contrail_word"
    else
      [ "$_contrail_count" = 0 ] && _contrail_first="$_contrail_word"
      _contrail_count=$((_contrail_count + 1))
    fi
  done
}`;

/** Bash breaks words at ':': the line is read anew, and what stands before the last ':' is not given again. */
const BASH = `_contrail() {
  local line="\${COMP_LINE:0:COMP_POINT}" current= candidate
  local -a before
  read -ra before <<<"$line"
  case "$line" in *[[:space:]]) ;; *) current="\${before[-1]}"; unset 'before[-1]';; esac
  COMPREPLY=()
  case "\${before[-1]}" in -f|--file) compopt -o default 2>/dev/null; return;; esac
  _contrail_split "\${before[@]:1}"
  local given=
  case "$COMP_WORDBREAKS" in *:*) case "$current" in *:*) given="\${current%:*}:";; esac;; esac
  while IFS= read -r candidate; do
    printf -v candidate '%q' "$candidate"
    case "$candidate" in "$current"*) COMPREPLY+=("\${candidate#"$given"}");; esac
  done < <(_contrail_candidates "$_contrail_path" "$_contrail_count" "$_contrail_first" "$current")
}
complete -F _contrail contrail
`;

const ZSH = `_contrail() {
  case "\${words[CURRENT-1]}" in -f|--file) _files; return;; esac
  _contrail_split "\${(@)words[2,CURRENT-1]}"
  local -a candidates
  candidates=("\${(@f)$(_contrail_candidates "$_contrail_path" "$_contrail_count" "$_contrail_first" "\${words[CURRENT]}")}")
  compadd -a candidates
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _contrail contrail
`;
