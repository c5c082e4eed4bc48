/** Whether a wheel can be installed on some Python from 3.`oldest` on; undefined: on any. */
export function runsOn(file: string, oldest: number | undefined): boolean {
  const [python = '', abi = ''] = file
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3);
  if (oldest === undefined) return true;
  return python.split('.').some((tag) => {
    if (/^(?:py|cp)2\d*$/.test(tag)) return false;
    const minor = /^(?:cp|pp)3(\d+)$/.exec(tag)?.[1];
    return minor === undefined || abi === 'abi3' || Number(minor) >= oldest;
  });
}
