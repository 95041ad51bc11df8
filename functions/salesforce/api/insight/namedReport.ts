import { Failure } from '../../../../shared/failure.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import { quoted } from '../../../../shared/text.ts';
import { isRecordId } from '../recordId.ts';
import type { Salesforce } from '../salesforce.ts';
import { containing, list, names, type Soql, soql } from '../soql.ts';
import { withVisibleFields } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';

export type Kind = 'report' | 'dashboard';

/** What of reports and dashboards is asked: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_report.htm */
export const kinds = {
  report: {
    objectType: 'Report',
    prefix: '00O',
    nameField: 'Name',
    latest: 'LastRunDate',
    fields: ['Id', 'Name', 'Description', 'FolderName', 'Format', 'LastRunDate'],
  },
  dashboard: {
    objectType: 'Dashboard',
    prefix: '01Z',
    nameField: 'Title',
    latest: 'LastModifiedDate',
    fields: ['Id', 'Title', 'Description', 'FolderName', 'LastModifiedDate'],
  },
} as const;

const MAX_CHOICES = 6;
const MAX_NAMES = 200;

/** Records of reports or dashboards, those that were run or changed last first. */
export function reportRecords(salesforce: Salesforce, kind: Kind, conditions: readonly Soql[], most: number) {
  const { objectType, latest, nameField, fields } = kinds[kind];
  const where = conditions.length > 0 ? soql` WHERE ${list(conditions, ' AND ')}` : soql``;
  return withVisibleFields(salesforce, { [objectType]: fields }, select =>
    salesforce.query(
      soql`SELECT ${select(objectType)} FROM ${names(objectType)}${where} ORDER BY ${names(latest)} DESC NULLS LAST, ${names(nameField)}, Id LIMIT ${most}`,
    ),
  );
}

/**
 * The report or dashboard that a name or an ID means: the one that is called so, or else the only one with that in its name.
 * @throws Failure `not_found` with the near ones, and `ambiguous`
 */
export async function namedReport(salesforce: Salesforce, kind: Kind, given: string): Promise<SalesforceRecord> {
  const { nameField, prefix } = kinds[kind];
  const text = given.trim();
  const isId = isRecordId(text) && text.startsWith(prefix);
  const condition = isId ? soql`Id = ${text}` : soql`${names(nameField)} LIKE ${containing(text)}`;
  const found = await reportRecords(salesforce, kind, [condition], MAX_NAMES);
  const nameOf = (record: SalesforceRecord) => String(record[nameField] ?? '');
  const alike = found.filter(record => nameOf(record).toLowerCase() === text.toLowerCase());
  const spelled = alike.filter(record => nameOf(record) === text);
  const meant = [spelled, alike, found].find(({ length }) => length > 0) ?? [];
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  if (only) {
    const choices = meant
      .slice(0, MAX_CHOICES)
      .map(record => `${nameOf(record)} (${[record.Id, record.FolderName].filter(Boolean).join(', ')})`);
    const more = meant.length > MAX_CHOICES ? ` and ${meant.length - MAX_CHOICES} more` : '';
    const message = `Several ${kind}s match ${quoted(text)}: ${choices.join('; ')}${more}. Ask the user which one, and give its ID.`;
    throw new Failure('ambiguous', message, { errors: [{ field: kind, message }] });
  }
  const all = isId ? [] : await reportRecords(salesforce, kind, [], MAX_NAMES);
  const near = nearNames(text, all.map(nameOf));
  const hint = near.length > 0 ? `Did you mean ${near.map(quoted).join(', ')}?` : 'listReports lists them.';
  throw new Failure('not_found', `There is no ${kind} ${quoted(text)} that this service may see. ${hint}`);
}
