/** Raw deliveries hold names and addresses of people: so long they may be looked at and replayed, and repetitions are known. */
export const keptDays = 30;
