/** In SQL, of a finding `f`: a waiver covers what a person said, as long as it holds. Needs the join of `waiverInForce`. */
export const shownTriage = `case when w.id is null then f.triage else 'risk_accepted' end`;

/** The waiver `w` of a finding `f`. One that is over, or has ended, covers nothing, whether its shadow has been taken off yet or not. */
export const waiverInForce = 'left join waiver w on w.id = f.waiver and not w.ended and w.until > now()';
