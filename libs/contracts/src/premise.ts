/** The form in which premises of waivers are compared, by every service alike: people write the same one with other spaces and capitals. */
export function comparablePremise(premise: string | undefined): string | null {
  return premise === undefined ? null : premise.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
