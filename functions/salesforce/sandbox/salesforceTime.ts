/** A time as the API writes it: `2026-11-22T09:30:00.000+0000`. */
export const salesforceTime = (date: Date): string => date.toISOString().replace('Z', '+0000');
