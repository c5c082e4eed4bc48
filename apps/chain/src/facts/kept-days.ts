/** Projections are rebuilt from the log, and questions are asked about more than a year back. */
export const keptDays = 400;
