import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { counted, matching } from '../api/counted.ts';
import { explainedQuery } from '../api/explainedQuery.ts';
import { isRecordId } from '../api/recordId.ts';
import type { Salesforce } from '../api/salesforce.ts';
import type { SalesforceRecord } from '../api/wire.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'queryRecords',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses(),
  title: 'Query records',
  description:
    'Runs one SOQL SELECT statement in Salesforce and returns its records, counts or totals. ' +
    'Use it for what no other action answers, such as custom objects. ' +
    'For plain lookups use the find actions or searchRecords, for totals summarizeRecords; describeObject lists field names.',
  input: z.object({
    soql: z.string().trim().max(20_000).meta({
      description:
        "One SOQL SELECT statement, such as SELECT Name, Amount FROM Opportunity WHERE StageName = 'Closed Won' ORDER BY Amount DESC. It needs a WHERE or a LIMIT, unless it only counts, totals or groups. Its LIMIT bounds the whole list; limit is the size of a page. At most 2,000 groups and 6,000 characters.",
      acronym: 'SOQL',
    }),
  }),
  output: z.object({
    summary: summary('One sentence that says how many records were found.'),
    objectType: z.string().describe('The API name of the object that was queried.'),
    count: z.number().optional().describe('The number of records, when the statement selects only COUNT().'),
    currency: z.string().optional().describe('The currency of all amounts, where the org has one.'),
    records: z
      .array(z.record(z.string(), z.unknown()))
      .describe(
        'The records: values by field name, those of a parent as Account.Name, empty ones left out, and url; in an org with several currencies CurrencyIsoCode is that of the amounts. A row with totalOver is a total over those fields. When a list of children is incomplete, Contacts.truncated is true: query those children separately.',
      ),
  }),
  // Under a policy, each object that is reached is described once.
  requests: 60,
  example: { soql: "SELECT Name, Industry, Owner.Name FROM Account WHERE Industry = 'Retail' ORDER BY Name" },
  paged: true,
  async run({ soql }, { salesforce, page: { limit, cursor } }) {
    const { readOnlyQuery } = await import('../api/readOnlyQuery.ts');
    const { objectType, kind, statement, withDeleted, outline, total, start } = readOnlyQuery(soql);
    const told = <Answer>(asking: Promise<Answer>) =>
      asking.catch(async error => {
        throw await explainedQuery(error, salesforce);
      });
    if (kind === 'count') {
      const count = await told(salesforce.count(statement(), { withDeleted }));
      const summary = `${matching(count, ['record', 'records'])}.`;
      return page({ items: [], answer: () => ({ summary, objectType, count, records: [] }) });
    }
    const [{ moneyIn }, { groupColumns }] = await Promise.all([
      import('../api/soqlMoney.ts'),
      import('../api/groupColumns.ts'),
    ]);
    const money = await moneyIn(salesforce, outline);
    const columns = kind === 'rows' ? undefined : groupColumns(outline);
    const added = columns?.added.map(column => ({ at: outline.listEnd, text: `, ${column}` })) ?? [];
    const asked = statement([...money.additions, ...added]);
    const { records, nextCursor } =
      kind === 'totals'
        ? { records: await told(salesforce.query(asked, { withDeleted })), nextCursor: undefined }
        : await told(salesforce.list(asked, { limit, cursor, start, total, withDeleted, grouped: kind === 'groups' }));
    const read = kind === 'rows' ? await richTextOf(salesforce, objectType, records) : undefined;
    return page({
      items: records.map(record =>
        columns ? columns.read(flat(record)) : toItem(read ? read(record) : record, salesforce),
      ),
      nextCursor,
      answer: (items, more) => ({
        summary: [
          `${counted(items.length, ['record', 'records'])}${more ? '; there are more on the next page' : ''}.`,
          ...money.remarks,
        ].join(' '),
        objectType,
        records: items,
        ...(money.currency && items.some(hasNumber) && { currency: money.currency }),
      }),
    });
  },
});

/** What may be HTML: a tag or an entity. */
const markup = /<[a-z/]|&[a-z#]/i;

/**
 * How the HTML in records is put as Markdown; undefined where none of them has any. What looks like HTML is some only in a
 * field that Salesforce says is rich text.
 */
async function richTextOf(
  salesforce: Salesforce,
  objectType: string,
  records: readonly SalesforceRecord[],
): Promise<((record: SalesforceRecord) => SalesforceRecord) | undefined> {
  const isMarkup = (value: unknown) => typeof value === 'string' && markup.test(value);
  if (!records.some(record => Object.values(record).some(isMarkup))) return undefined;
  const { fields } = await salesforce.describe(objectType).catch(() => ({ fields: [] }));
  const rich = new Set(fields.filter(({ htmlFormatted }) => htmlFormatted).map(({ name }) => name));
  if (rich.size === 0) return undefined;
  const { htmlToMarkdown } = await import('../api/richText.ts');
  return record =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [
        name,
        rich.has(name) && typeof value === 'string' ? htmlToMarkdown(value) : value,
      ]),
    );
}

function toItem(record: SalesforceRecord, salesforce: Salesforce): Record<string, unknown> {
  const { Id: recordId } = record;
  const type = typeOf(record);
  return {
    ...flat(record),
    ...(type && typeof recordId === 'string' && isRecordId(recordId) && { url: salesforce.recordUrl(type, recordId) }),
  };
}

const hasNumber = (item: Record<string, unknown>): boolean =>
  Object.values(item).some(value => typeof value === 'number' || (Array.isArray(value) && value.some(hasNumber)));

/** The object of a record; undefined for groups and totals, whose type is AggregateResult. */
function typeOf({ attributes }: SalesforceRecord): string | undefined {
  const type = typeof attributes === 'object' && attributes !== null ? Reflect.get(attributes, 'type') : undefined;
  return typeof type === 'string' && /^\w+$/.test(type) && type !== 'AggregateResult' ? type : undefined;
}

/** Flattens parents to `Account.Name` and children to lists. Empty values are left out. */
function flat(record: object, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]): [string, unknown][] => {
      if (name === 'attributes' || value === null || value === undefined) return [];
      if (typeof value !== 'object') return [[prefix + name, value]];
      if ('records' in value && Array.isArray(value.records)) {
        const children = value.records.map((child: object) => flat(child));
        const isCut = 'done' in value && value.done === false;
        return [
          [prefix + name, children],
          ...(isCut ? [[`${prefix}${name}.truncated`, true] as [string, unknown]] : []),
        ];
      }
      return Object.entries(flat(value, `${prefix}${name}.`));
    }),
  );
}
