// `node healthy.mjs SOCKET PATH [FIELD]`: exit code 0 where a service answers 200 on its unix socket, and FIELD of the answer is true.
import { request } from "node:http";

const [socketPath, path, field] = process.argv.slice(2);
const call = request({ socketPath, path, timeout: 3_000 }, async (response) => {
  const text = Buffer.concat(await response.toArray()).toString();
  const holds = response.statusCode === 200 && (field === undefined || JSON.parse(text)[field] === true);
  process.exit(holds ? 0 : 1);
});
call.on("timeout", () => process.exit(1));
call.on("error", () => process.exit(1));
call.end();
