/** A time as the API writes it, in whole seconds: `2026-11-22T09:30:00.000+0000`. */
export const salesforceTime = (date: Date): string => `${date.toISOString().slice(0, 19)}.000+0000`;
