import { duration, stringText } from './fieldText.ts';

/** Fields that Jira's changelog keeps in seconds. */
const inSeconds = new Set([
  'timespent',
  'timeestimate',
  'timeoriginalestimate',
  'aggregatetimespent',
  'aggregatetimeestimate',
  'aggregatetimeoriginalestimate',
]);

/** What Jira calls fields in its changelog, where people know another word. */
const called: ReadonlyMap<string, string> = new Map(
  Object.entries({
    timespent: 'Time spent',
    timeestimate: 'Remaining estimate',
    timeoriginalestimate: 'Original estimate',
    issueparentassociation: 'Parent',
    remoteissuelink: 'Web link',
  }),
);

/** Entries that tell people nothing: the ID of a work log, whose time is told beside it. */
const internal = new Set(['worklogid', 'worklogtimespent']);

export interface Change {
  field: string;
  from: string | undefined;
  to: string | undefined;
}

/** A change as people read it; undefined for one that is for programs. `nameOf` knows people by account ID. */
export function toChange({ field, from, to }: Change, nameOf: FindName): Change | undefined {
  const known = field.toLowerCase();
  if (internal.has(known)) return undefined;
  const tell = (value: string | undefined) => (value && changedText(known, value, nameOf)) || undefined;
  return { field: called.get(known) ?? field, from: tell(from), to: tell(to) };
}

function changedText(field: string, value: string, nameOf: FindName): string {
  if (inSeconds.has(field) && /^-?\d{1,12}$/.test(value)) return duration(Number(value));
  // Jira writes a day with a time that is none: `2026-11-30 00:00:00.0`.
  const day = /^(\d{4}-\d\d-\d\d) 00:00:00(?:\.0)?$/.exec(value)?.[1];
  if (day) return day;
  if (value.startsWith('Parent values: ')) return cascade(value);
  const people = namesOf(value, nameOf);
  if (people !== undefined) return people;
  return withoutAccounts(stringText(value)).replace(mention, (_, id: string) => `@${nameOf(id) ?? 'somebody'}`);
}

/** `Parent values: Europe(10001)Level 1 values: Spain(10002)` */
function cascade(value: string): string {
  const levels = value.slice('Parent values: '.length).split(/Level \d values: /);
  return levels.map(level => level.trim().replace(/\(\d{1,18}\)$/, '')).join(' / ');
}

/** `[~accountid:…]` in a text. */
const mention = /\[~accountid:([\w:-]{1,128})\]/g;
const account = /^(?:[0-9a-f]{24}|(?:\d{1,10}|qm|ug):[0-9a-f]{8}-[\w-]{20,40}(?::[\w-]{1,40})?)$/i;

type FindName = (accountId: string) => string | undefined;

/** `[5b10…, 712020:…]`: people by account alone, with their names; undefined for any other text. */
function namesOf(value: string, nameOf: FindName): string | undefined {
  const ids = value
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map(id => id.trim());
  return ids.every(id => account.test(id)) ? ids.map(id => nameOf(id) ?? 'somebody').join(', ') : undefined;
}

/** `Ana Ruiz(712020:…)` without the account. */
function withoutAccounts(text: string): string {
  if (!text.includes('(')) return text;
  return text.replace(/ ?\(([\w:-]{24,128})\)/g, (whole, id: string) => (account.test(id) ? '' : whole));
}
