/** Calendar days where people are: a moment falls on different days in different zones. */

/** Where the cluster is; events may name another. IANA name. */
export const defaultTimeZone = 'Europe/Oslo';

/** The day at a moment, YYYY-MM-DD, as a calendar on the wall there shows it. `at`: ISO 8601. */
export const dayAt = (at: string, timeZone = defaultTimeZone): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(at),
  );
