/** Headers that name the form of GitHub's API. */
export const version = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
