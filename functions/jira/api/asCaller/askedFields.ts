import type { ShownIssue } from './shownIssues.ts';

/** Fields that tell how an issue may be seen. */
const deciding = ['project', 'reporter'];
/** And which of its files a restricted text alone shows. */
const showingFiles = ['comment', 'worklog', 'description', 'environment'];

interface AskedFields {
  /** What Jira is asked for. */
  fields: string[];
  /** True where nothing but keys is asked for, of which Jira gives thousands at once. */
  areKeysOnly: boolean;
  /** An issue with what was wanted alone. */
  strip(issue: ShownIssue): ShownIssue;
}

/**
 * The fields that Jira is asked for, so that it can be told what of an issue may be shown.
 * @param also Fields that are looked at, and not shown unless they are wanted.
 */
export function askedFields(wanted: readonly string[], also: readonly string[] = []): AskedFields {
  const areKeysOnly = also.length === 0 && wanted.every(field => field === 'key' || field === 'id');
  if (areKeysOnly) return { fields: [...wanted], areKeysOnly, strip: issue => issue };
  const isAll = wanted.includes('*all');
  const isWanted = (field: string) =>
    isAll ? !wanted.includes(`-${field}`) : wanted.includes(field) && !wanted.includes(`-${field}`);
  const needed = [...deciding, ...also, ...(isWanted('attachment') ? showingFiles : [])];
  const added = needed.filter(field => !isWanted(field));
  const fields = [...wanted.filter(field => !added.some(each => field === `-${each}`)), ...(isAll ? [] : added)];
  return {
    fields,
    areKeysOnly,
    strip: ({ fields: shown, ...issue }) => ({
      ...issue,
      ...(shown && { fields: Object.fromEntries(Object.entries(shown).filter(([id]) => !added.includes(id))) }),
    }),
  };
}
