import { type Applied, type Applying, applyPlans } from "./apply.ts";
import { planInstall } from "./install-plan.ts";
import type { Wanted } from "./installation.ts";
import type { Plan } from "./plan.ts";
import { allNetworks, type Cloud, survey } from "./survey.ts";
import { type Names, planUninstall } from "./uninstall-plan.ts";

/** What an installation would do; changes nothing. */
export async function installPlan(cloud: Cloud, wanted: Wanted): Promise<Plan> {
  return planInstall(await survey(cloud, wanted.name), wanted);
}

/**
 * Makes what is missing: extension, executable, registration, provider, network offering. Does nothing the second time.
 * Rejects with "cloudstack.conflict" where something of the name is not ours, "cloudstack.precondition_failed" where the
 * executable does not come or something would be overwritten, or with CloudStack's own refusal.
 */
export function install(wanted: Wanted, how: Applying): Promise<Applied> {
  return applyPlans(() => installPlan(how.cloud, wanted), how);
}

/** What a removal would do; changes nothing. */
export async function uninstallPlan(cloud: Cloud, names: Names): Promise<Plan> {
  const [found, networks] = await Promise.all([survey(cloud, names.name), allNetworks(cloud)]);
  return planUninstall(found, names, networks);
}

/** Removes what an installation made. Rejects with "cloudstack.conflict" and a list where networks still use it. */
export function uninstall(names: Names, how: Applying): Promise<Applied> {
  return applyPlans(() => uninstallPlan(how.cloud, names), how);
}
