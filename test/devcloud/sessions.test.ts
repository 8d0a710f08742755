import { readFileSync } from "node:fs";
import { signatureOf } from "@contrail/cloudstack-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExtensionCloud } from "./extension-cloud.ts";
import { apiRecordings, type Recording } from "./recordings.ts";
import { differences } from "./shape.ts";
import type { Body } from "./signed-client.ts";

const recordings = new Map(apiRecordings().map((recording) => [recording.file, recording]));

function recorded(file: string): Recording {
  const found = recordings.get(file);
  if (found === undefined) throw new Error(`no recording ${file}`);
  return found;
}

let cloud: ExtensionCloud;

beforeAll(async () => {
  cloud = await ExtensionCloud.start();
});

afterAll(() => cloud?.process.stop());

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  readonly cookies: readonly string[];
}

async function ask(parameters: Record<string, string>, cookie = "", method = "GET"): Promise<Answer> {
  const body = new URLSearchParams(parameters);
  const headers = cookie === "" ? {} : { cookie };
  const url = cloud.process.url;
  const answer =
    method === "GET" ? await fetch(`${url}?${body}`, { headers }) : await fetch(url, { method, body, headers });
  return {
    status: answer.status,
    type: answer.headers.get("content-type"),
    text: await answer.text(),
    cookies: answer.headers.getSetCookie(),
  };
}

function expectRecorded(file: string, { status, type, text }: Answer): void {
  const like = recorded(file);
  expect([status, type]).toEqual([like.status, like.type]);
  if (!type?.startsWith("application/json")) expect(text).toBe(like.body);
  else {
    const body: unknown = JSON.parse(text);
    expect(differences(like.body, body)).toEqual([]);
    if (status !== 200) expect(body).toEqual(like.body);
  }
}

const LOGIN = { command: "login", response: "json", username: "admin", password: "password", domain: "/" };
const ZONES = { command: "listZones", response: "json" };

const login = async (
  more: Record<string, string> = {},
): Promise<{ cookie: string; sessionkey: string; answer: Answer }> => {
  const answer = await ask({ ...LOGIN, ...more }, "", "POST");
  const cookie = answer.cookies.map((text) => text.split(";")[0]).join("; ");
  const { loginresponse } = JSON.parse(answer.text) as Record<string, Body>;
  return { cookie, sessionkey: String(loginresponse?.sessionkey), answer };
};

describe("a session", () => {
  test("is opened, used and closed as recorded", async () => {
    const { cookie, sessionkey, answer } = await login();
    expectRecorded("001-login", answer);
    expect(answer.cookies.map((text) => text.replace(/=[^;]+;/, "=…;"))).toEqual([
      "JSESSIONID=…; Path=/client; HttpOnly; SameSite=Lax",
      "sessionkey=…; Path=/client; HttpOnly; SameSite=Lax",
    ]);
    expectRecorded("004-session-listZones", await ask({ ...ZONES, sessionkey }, cookie));
    expectRecorded("005-session-without-sessionkey", await ask(ZONES, cookie));
    expectRecorded("007-logout", await ask({ command: "logout", response: "json", sessionkey }, cookie));
    expectRecorded("008-session-after-logout", await ask({ ...ZONES, sessionkey }, cookie));
  });

  test("with a wrong session key is refused and over", async () => {
    const { cookie, sessionkey } = await login();
    expectRecorded("006-session-bad-sessionkey", await ask({ ...ZONES, sessionkey: "x" }, cookie));
    expect((await ask({ ...ZONES, sessionkey }, cookie)).status).toBe(401);
  });

  test("is not opened with a wrong password or name, nor by GET", async () => {
    expectRecorded("002-login-bad-password", await ask({ ...LOGIN, password: "x" }, "", "POST"));
    expectRecorded("003-login-unknown-user", await ask({ ...LOGIN, username: "nobody" }, "", "POST"));
    expect((await ask(LOGIN)).status).toBe(401);
  });
});

describe("the password of a user", () => {
  const open = (password: string) => login({ username: "carol", password });

  test("is changed by who knows it, not by who has the session, and ends the user's other sessions", async () => {
    const person = { username: "carol", firstname: "f", lastname: "l", email: "e@example.com", password: "old" };
    const { account } = await cloud.admin.call("createAccount", { ...person, accounttype: "0" });
    const [user] = (account as Body).user as readonly Body[];
    const [own, other] = [await open("old"), await open("old")];
    const change = async (more: Record<string, string>) => {
      const parameters = { command: "updateUser", response: "json", id: String(user?.id), password: "new", ...more };
      const { status, text } = await ask({ ...parameters, sessionkey: own.sessionkey }, own.cookie, "POST");
      return [status, (JSON.parse(text) as { updateuserresponse: Body }).updateuserresponse.errortext];
    };
    const zones = async ({ cookie, sessionkey }: typeof own) => (await ask({ ...ZONES, sessionkey }, cookie)).status;
    expect(await change({})).toEqual([431, "To set a new password the current password must be provided."]);
    expect(await change({ currentpassword: "x" })).toEqual([431, "Current password is incorrect."]);
    expect([await zones(own), await zones(other)]).toEqual([200, 200]);
    expect(await change({ currentpassword: "old" })).toEqual([200, undefined]);
    expect([await zones(own), await zones(other)]).toEqual([200, 401]);
    expect(await zones(await open("new"))).toBe(200);
    expect((await ask({ ...LOGIN, username: "carol", password: "old" }, "", "POST")).status).toBe(531);
    await cloud.admin.call("updateUser", { id: String(user?.id), password: "newer" });
    expect(await zones(own)).toBe(401);
    expect(await zones(await open("newer"))).toBe(200);
  });
});

describe("a signature", () => {
  const keys = (): { apikey: string; secret: string } => {
    const ini = readFileSync(cloud.process.keyFile, "utf8");
    return { apikey: /key = (.+)/.exec(ini)?.[1] ?? "", secret: /secret = (.+)/.exec(ini)?.[1] ?? "" };
  };
  const signed = (parameters: Record<string, string>): Record<string, string> => {
    const all = { ...parameters, apikey: keys().apikey };
    return { ...all, signature: signatureOf(all, keys().secret) };
  };
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString().replace(/\.\d+Z$/, "+0000");

  test("that is absent, wrong or of an unknown key is refused as recorded, in JSON and XML", async () => {
    expectRecorded("009-error-401-no-auth", await ask(ZONES));
    expectRecorded("010-error-401-bad-signature", await ask({ ...signed(ZONES), signature: "eA==" }));
    expectRecorded("011-error-401-unknown-apikey", await ask({ ...signed(ZONES), apikey: "x" }));
    expectRecorded(
      "012-error-401-bad-signature-xml",
      await ask({ ...signed({ command: "listZones" }), signature: "eA==" }),
    );
    expectRecorded(
      "013-error-432-unknown-command",
      await ask(signed({ command: "listNoSuchThing", response: "json" })),
    );
    expectRecorded("014-error-432-unknown-command-noauth", await ask({ command: "listNoSuchThing", response: "json" }));
    expectRecorded("015-error-no-command", await ask(signed({ command: "", response: "json" })));
  });

  test("of version 3 is good until it expires", async () => {
    const version = { ...ZONES, signatureversion: "3" };
    expect((await ask(signed({ ...version, expires: at(60_000) }))).status).toBe(200);
    expect((await ask(signed({ ...version, expires: at(-1_000) }))).status).toBe(401);
    expect((await ask(signed({ ...version, expires: "tomorrow" }))).status).toBe(401);
    expect((await ask(signed(version))).status).toBe(401);
  });

  test("covers a form POST as a GET, and names whatever their case", async () => {
    expect((await ask(signed(ZONES), "", "POST")).status).toBe(200);
    expect((await ask(signed({ Command: "listZones", Response: "json" }))).status).toBe(200);
  });

  test("answers come in XML where JSON is not asked for", async () => {
    const zones = await ask(signed({ command: "listZones" }));
    expect(zones.type).toBe("text/xml;charset=utf-8");
    expect(zones.text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?><listzonesresponse cloud-stack-version="4.23.0.0-SNAPSHOT"><count>1<\/count><zone><id>/,
    );
    expectRecorded("025-xml-error", await ask(signed({ command: "createNetwork", name: "x" })));
    const hostile = await ask(signed({ command: "createDomain", name: `<a&"'\u0001` }));
    expect(hostile.text).toContain("<name>&lt;a&amp;&quot;&apos;</name>");
  });
});

describe("a job at work", () => {
  test("is shown as recorded, on its machine too, and survives no kill", async () => {
    const id = await cloud.network("jobs", 801);
    cloud.hold("implement-network");
    const { id: machine, jobid } = await cloud.admin.call("deployVirtualMachine", await cloud.machine("web1", [id]));
    await expect
      .poll(() => cloud.admin.call("listVirtualMachines", { state: "Starting" }), { timeout: 10_000 })
      .toMatchObject({ count: 1 });
    const pending = {
      queryasyncjobresultresponse: await cloud.admin.call("queryAsyncJobResult", { jobid: String(jobid) }),
    };
    expect(differences(recorded("147-queryAsyncJobResult-pending").body, pending)).toEqual([]);
    const jobs = { listasyncjobsresponse: await cloud.admin.call("listAsyncJobs") };
    expect(differences(recorded("150-listAsyncJobs-pending").body, jobs)).toEqual([]);
    const [shown] = (await cloud.admin.call("listVirtualMachines", { id: String(machine) }))
      .virtualmachine as readonly Body[];
    expect(shown).toMatchObject({ jobid, jobstatus: 0, state: "Starting" });

    await cloud.process.kill();
    cloud.release("implement-network");
    await cloud.process.run();
    const admin = cloud.process.admin();
    expect(await admin.call("queryAsyncJobResult", { jobid: String(jobid) })).toMatchObject({
      jobstatus: 2,
      jobresultcode: 530,
    });
    const [after] = (await admin.call("listVirtualMachines", { id: String(machine) }))
      .virtualmachine as readonly Body[];
    expect(after).toMatchObject({ state: "Stopped" });
    await admin.job("startVirtualMachine", { id: String(machine) });
    await admin.job("destroyVirtualMachine", { id: String(machine), expunge: "true" });
    await admin.job("deleteNetwork", { id });
  });
});
