import { readFileSync } from "node:fs";
import { request } from "node:http";
import { parseArgs } from "node:util";

/**
 * What opencontrail.sh needs of curl, for a machine that has none and a user who cannot install it: one POST of a file to a
 * unix socket. Prints the body and, on a line of its own, the status. Exit code as curl's: 0 answered, 2 called in another
 * way, 7 not connected, 28 too late. Only the development cloud runs it, behind the search path of the machine.
 */
const CALLED_WRONG = 2;
const NOT_CONNECTED = 7;
const TOO_LATE = 28;

const { values, positionals } = parseArgs({
  options: {
    q: { type: "boolean", short: "q" },
    s: { type: "boolean", short: "s" },
    S: { type: "boolean", short: "S" },
    g: { type: "boolean", short: "g" },
    noproxy: { type: "string" },
    "connect-timeout": { type: "string" },
    "max-time": { type: "string", default: "50" },
    header: { type: "string", short: "H", multiple: true },
    request: { type: "string", short: "X" },
    "data-binary": { type: "string" },
    "upload-file": { type: "string", short: "T" },
    "write-out": { type: "string", short: "w" },
    "unix-socket": { type: "string", default: "" },
  },
  allowPositionals: true,
});
const [url = ""] = positionals;
const file = values["upload-file"] ?? values["data-binary"]?.replace(/^@/, "");
if (file === undefined || values["unix-socket"] === "" || !URL.canParse(url)) process.exit(CALLED_WRONG);

setTimeout(() => process.exit(TOO_LATE), Number(values["max-time"]) * 1_000).unref();
const body = readFileSync(file);
const call = request(
  {
    socketPath: values["unix-socket"],
    path: new URL(url).pathname,
    method: "POST",
    headers: { "Content-Type": "application/json", "Content-Length": body.length },
  },
  (response) => {
    response.pipe(process.stdout, { end: false });
    response.on("end", () => process.stdout.write(`\n${response.statusCode}`));
    response.on("error", () => process.exit(NOT_CONNECTED));
  },
);
call.on("error", () => process.exit(NOT_CONNECTED));
call.end(body);
