/** Name of the conversation about the status of a commit. */
export function aboutStatusOf({ repository, commit }: { readonly repository: string; readonly commit: string }): string {
  return `status:${repository}@${commit}`;
}

/** SQL of the same. */
export const aboutStatus = (repository: string, commit: string): string => `'status:' || ${repository} || '@' || ${commit}`;
