import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { DevCloudProcess } from "./devcloud-process.ts";
import type { Body } from "./signed-client.ts";

test("a webhook hears of events, signed, and its deliveries are listed", async () => {
  const heard: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    heard.push({ headers: request.headers, body: Buffer.concat(await request.toArray()).toString() });
    response.end("thanks");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  const cloud = await DevCloudProcess.start();
  try {
    const admin = cloud.admin();
    const payloadurl = `http://127.0.0.1:${port}/hook`;
    await admin.call("createWebhook", { name: "w", payloadurl, secretkey: "s", scope: "Global" });
    await admin.call("createDomain", { name: "heard" });
    const about = () => heard.find(({ headers }) => headers["x-cs-event"] === "DOMAIN.CREATE");
    await expect.poll(about, { timeout: 10_000 }).toBeDefined();
    const headers: IncomingHttpHeaders = about()?.headers ?? {};
    const body = about()?.body ?? "";
    expect(headers["x-cs-signature"]).toBe(createHmac("sha256", "s").update(body).digest("hex"));
    expect(JSON.parse(body)).toMatchObject({
      event: "DOMAIN.CREATE",
      status: "Completed",
      user: "admin",
      entity: "Domain",
    });
    const deliveries = async () =>
      (await admin.call("listWebhookDeliveries", { eventtype: "DOMAIN.CREATE" })).webhookdelivery as
        | readonly Body[]
        | undefined;
    await expect
      .poll(deliveries, { timeout: 10_000 })
      .toMatchObject([{ success: true, response: "thanks", eventid: headers["x-cs-event-id"] }]);
  } finally {
    await cloud.stop();
    server.close();
  }
});
