/** Who is let in: everybody; the cloud's administrators; everybody who has logged in, by roles and perms2. */
export const AAA_MODES = ["no-auth", "cloud-admin", "rbac"] as const;

export type AaaMode = (typeof AAA_MODES)[number];
