import { createHmac, timingSafeEqual } from "node:crypto";
import { createHttpApp, leaveBodies } from "@contrail/runtime";

const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * The application that CloudStack's webhook calls: any event wakes the reconciler, and no more. secret: key of
 * X-CS-Signature (HMAC-SHA256 of the body, hexadecimal); undefined: events are not checked.
 */
export function createWebhookApp(wake: () => void, secret: string | undefined) {
  const app = createHttpApp({ bodyLimitBytes: BODY_LIMIT_BYTES });
  leaveBodies(app);
  app.post("/cloudstack/events", (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (secret !== undefined && !isSigned(body, secret, request.headers["x-cs-signature"])) {
      return reply.code(401).send({ error: "the signature is wrong: the webhook's secret key is not the plugin's" });
    }
    wake();
    return { status: "ok" };
  });
  return app;
}

function isSigned(body: Buffer, secret: string, given: string | readonly string[] | undefined): boolean {
  const wanted = createHmac("sha256", secret).update(body).digest("hex");
  const signature = typeof given === "string" ? given.toLowerCase() : "";
  return signature.length === wanted.length && timingSafeEqual(Buffer.from(signature), Buffer.from(wanted));
}
