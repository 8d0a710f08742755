import { openKafkaBus } from "@contrail/backends";
import type { Bus } from "@contrail/bus";
import { createEmbeddedBus } from "@contrail/bus-embedded";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import type { Settings } from "./config.ts";

/** The bus of the settings. Throws settings.bad_request naming the flag that is missing. */
export function openBus(settings: Settings, identity: Identity, clock: Clock, logger: Logger): Bus {
  if (settings.bus === "kafka") return openKafkaBus(settings, logger, identity);
  const address = settings.busAddress;
  if (address !== "") return createEmbeddedBus({ address, identity, clock, logger, random: Math.random });
  throw new ContrailError("settings.bad_request", "--bus-address: the log server's address and port are needed");
}
