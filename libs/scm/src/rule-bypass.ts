/**
 * Whether the host itself keeps that somebody passed over a rule when a commit got into a branch, named in full (`refs/heads/main`).
 * Undefined where it does not say so to this token. Throws `ScmCallFailed`.
 */
export type RuleBypasses = (fullName: string, ref: string, commit: string) => Promise<boolean | undefined>;
