import { objectTypes } from "@contrail/schema";
import type { Argument, Command, Option } from "commander";

/** Programs that the script calls, as words of a command line. */
export interface CompletionPrograms {
  /** The CLI itself: where there is no program `contrail`, the script makes it one. */
  readonly contrail: readonly string[];
  /** Prints the names of the objects of the type that follows, or of machines, nodes or BGP neighbors. */
  readonly names: readonly string[];
}

export const SHELLS = ["bash", "zsh"] as const;

/** A shell that can be told to complete. */
export type Shell = (typeof SHELLS)[number];

/** What stands at a place: of a command's path an option, or the number of an argument; where its own name does not say it. */
const KINDS: Readonly<Record<string, string>> = {
  "machine exec 0": "machine",
  "machine rm 0": "machine",
  "machine add --network": "virtual-network",
  "machine add --security-group": "security-group",
  "introspect 0": "node",
  "bgp neighbor 0": "neighbor",
  "gateway render --router": "bgp-router",
};

/** A script that makes a shell complete commands, options, their values, object types and names that are there. */
export function completionScript(program: Command, shell: Shell, programs: CompletionPrograms): string {
  const commands = commandsBelow(program, "");
  return [
    `# Completion of contrail for ${shell}: source <(contrail completion ${shell})`,
    `command -v contrail >/dev/null 2>&1 || contrail() { ${quotedWords(programs.contrail)} "$@"; }`,
    choice("_contrail_commands", commands, wordsAfter),
    choice("_contrail_options", commands, (command) => command.options.flatMap(({ long }) => long ?? [])),
    choice("_contrail_kind", commands.flatMap(placesOf), (place) => [kindOf(place)]),
    choice("_contrail_choices", commands.flatMap(placesOf), ({ part }) => part.argChoices ?? []),
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

function wordsAfter({ commands }: Command): readonly string[] {
  return commands.map((below) => below.name());
}

/** Where a value stands, and what takes it. */
interface Place {
  readonly key: string;
  readonly part: Argument | Option;
}

/** Places of values, by the words that the shell asks with: "path --option", "path -o", "path 0". */
function placesOf([path, { options, registeredArguments }]: readonly [string, Command]): readonly [string, Place][] {
  const values = options.filter(({ required, optional }) => required || optional);
  return [
    ...values.flatMap((part) =>
      [part.long, part.short].flatMap((flag) => (flag ? [{ key: `${path} ${flag}`, part }] : [])),
    ),
    ...registeredArguments.map((part, index) => ({ key: `${path} ${index}`, part })),
  ].map((place) => [place.key, place]);
}

/** "file", "type", "name" of that type, a word that the names' program takes, or "value": anything. */
function kindOf({ key, part }: Place): string {
  const name = "flags" in part ? (/<([^>]+)>/.exec(part.flags)?.[1] ?? "") : part.name();
  if (["file", "directory", "path"].includes(name)) return "file";
  if (key.endsWith(" 0") && name === "type") return "type";
  return KINDS[key] ?? (key.startsWith("api ") && key.endsWith(" 1") && name === "name" ? "name" : "value");
}

/** A function of the shell that prints words, one a line, for the path of a command or for a place below it. */
function choice<T>(
  name: string,
  items: readonly (readonly [path: string, item: T])[],
  words: (item: T) => readonly string[],
): string {
  const cases = items.flatMap(([path, item]) => {
    const found = words(item);
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

/** Prints what may follow: the place, the path of the command, the first of its arguments, the word begun. */
const CANDIDATES = `_contrail_names() { NAMES "$1" 2>/dev/null; }
_contrail_candidates() {
  case "$1" in *" -"*) ;; *)
    case "$4" in -*) _contrail_options "$2"; return;; esac
    [ "$1" = "$2 0" ] && _contrail_commands "$2";;
  esac
  _contrail_choices "$1"
  _contrail_word="$(_contrail_kind "$1")"
  case "$_contrail_word" in
    ''|file|value) ;;
    type) printf '%s\\n' TYPES;;
    name) _contrail_names "$3";;
    *) _contrail_names "$_contrail_word";;
  esac
}
# The path of the command, its first argument and the place of the next word, from the words before the cursor.
_contrail_split() {
  _contrail_path=; _contrail_count=0; _contrail_first=; _contrail_option=
  for _contrail_word; do
    if [ -n "$_contrail_option" ]; then _contrail_option=; continue; fi
    case "$_contrail_word" in
      -*) [ -z "$(_contrail_kind "$_contrail_path $_contrail_word")" ] || _contrail_option="$_contrail_word"; continue;;
    esac
    if [ "$_contrail_count" = 0 ] && _contrail_commands "$_contrail_path" | grep -Fqx -e "$_contrail_word"; then
      _contrail_path="\${_contrail_path:+$_contrail_path }$_contrail_word"
    else
      [ "$_contrail_count" = 0 ] && _contrail_first="$_contrail_word"
      _contrail_count=$((_contrail_count + 1))
    fi
  done
  _contrail_place="$_contrail_path \${_contrail_option:-$_contrail_count}"
}`;

/** Bash breaks words at ':': the line is read anew, and what stands before the last ':' is not given again. */
const BASH = `_contrail() {
  local line="\${COMP_LINE:0:COMP_POINT}" current= candidate
  local -a before
  read -ra before <<<"$line"
  case "$line" in *[[:space:]]) ;; *) current="\${before[-1]}"; unset 'before[-1]';; esac
  COMPREPLY=()
  _contrail_split "\${before[@]:1}"
  [ "$(_contrail_kind "$_contrail_place")" != file ] || { compopt -o default 2>/dev/null; return; }
  local given=
  case "$COMP_WORDBREAKS" in *:*) case "$current" in *:*) given="\${current%:*}:";; esac;; esac
  while IFS= read -r candidate; do
    printf -v candidate '%q' "$candidate"
    case "$candidate" in "$current"*) COMPREPLY+=("\${candidate#"$given"}");; esac
  done < <(_contrail_candidates "$_contrail_place" "$_contrail_path" "$_contrail_first" "$current")
}
complete -F _contrail contrail
`;

const ZSH = `_contrail() {
  _contrail_split "\${(@)words[2,CURRENT-1]}"
  [ "$(_contrail_kind "$_contrail_place")" != file ] || { _files; return; }
  local -a candidates
  candidates=("\${(@f)$(_contrail_candidates "$_contrail_place" "$_contrail_path" "$_contrail_first" "\${words[CURRENT]}")}")
  compadd -a candidates
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _contrail contrail
`;
