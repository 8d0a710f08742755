export { readPort } from "../core/port.ts";
export { Agent } from "../shell/agent.ts";
export { ControlSessions } from "../shell/control-sessions.ts";
export { StateFiles } from "../shell/state-files.ts";
export { ScriptedControlNode } from "./scripted-control-node.ts";
export { TableDataPlane } from "./table-data-plane.ts";
