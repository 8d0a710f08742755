import { PassingHost } from "./passing-host.ts";

/*
 * A host in a namespace that passes the connections of one router on to a control node: arguments its own address and
 * port, the control node's address and port, and where it listens.
 */

const [address = "", sourcePort, to = "", port, listen] = process.argv.slice(2);
new PassingHost(address, Number(sourcePort), { address: to, port: Number(port) }, listen);
