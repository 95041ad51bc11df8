/** What people call the units, by Jira's letter. */
const units: ReadonlyMap<string, string> = new Map(
  Object.entries({ w: 'wk week', d: 'day', h: 'hr hour', m: 'min minute' }).flatMap(([unit, names]) =>
    [unit, ...names.split(' ').flatMap(name => [name, `${name}s`])].map((name): [string, string] => [name, unit]),
  ),
);

/**
 * A time as Jira takes it, such as `1h 30m`, of what people write: `1h30m`, `90 minutes`, `1.5 hours`, `2 days and 1 h`.
 * Undefined for anything else, also for a number without a unit.
 */
export function durationOf(text: string): string | undefined {
  const words = text
    .toLowerCase()
    .replace(/,|\band\b/g, ' ')
    .replace(/([a-z])(?=\d)|(\d)(?=[a-z])/g, '$& ')
    .split(/\s+/)
    .filter(Boolean);
  const parts: string[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [count = '', unit = ''] = words.slice(at, at + 2);
    const letter = units.get(unit);
    if (!/^\d{1,5}(\.\d{1,2})?$/.test(count) || letter === undefined) return undefined;
    parts.push(count + letter);
  }
  return parts.length > 0 ? parts.join(' ') : undefined;
}

/** The minutes of what `durationOf` gives, in weeks and days of work. */
export function minutesOf(duration: string, { hoursPerDay, daysPerWeek }: WorkingTime): number {
  const minutes = { w: daysPerWeek * hoursPerDay * 60, d: hoursPerDay * 60, h: 60, m: 1 };
  return duration.split(' ').reduce((sum, part) => {
    const unit = part.at(-1);
    const each = unit === 'w' || unit === 'd' || unit === 'h' ? minutes[unit] : minutes.m;
    return sum + Number.parseFloat(part) * each;
  }, 0);
}

/** How long people of a site work. */
export interface WorkingTime {
  hoursPerDay: number;
  daysPerWeek: number;
}
