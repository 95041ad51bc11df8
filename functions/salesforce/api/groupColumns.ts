import type { SoqlOutline } from './soqlOutline.ts';
import type { SalesforceRecord } from './wire.ts';

/** How the rows of a statement with groups or totals are told. */
export interface GroupColumns {
  /** Columns to select besides, which tell totals over a group from groups without a value. */
  added: string[];
  /** A row with its columns by what they are, and marked where it is a total. */
  read(row: SalesforceRecord): SalesforceRecord;
}

/** The key that marks a total: it has the fields over which it is one. */
const mark = 'totalOver';

/** https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_group_by_alias.htm */
export function groupColumns({ items, rolledUp }: SoqlOutline): GroupColumns {
  const computed = items.filter(({ kind, alias }) => kind === 'function' && alias === undefined);
  const names = new Map(computed.map(({ text }, at) => [`expr${at}`, text]));
  const rolled = rolledUp.map((field, at) => {
    const item = items.find(({ text }) => text.toLowerCase() === field.toLowerCase());
    return { field, column: item?.alias ?? field.replace(/^.*\./, ''), added: `grouping_${at}` };
  });
  return {
    added: rolled.map(({ field, added }) => `GROUPING(${field}) ${added}`),
    read(row) {
      const over = rolled.filter(({ added }) => row[added] === 1);
      const left = new Set([...rolled.map(({ added }) => added), ...over.map(({ column }) => column)].map(lower));
      const entries = Object.entries(row).filter(([name]) => !left.has(lower(name)));
      const fields = over.map(({ field }) => field).join(', ');
      return {
        ...Object.fromEntries(entries.map(([name, value]) => [names.get(name) ?? name, value])),
        ...(over.length > 0 && { [mark]: over.length === rolled.length ? `${fields} (grand total)` : fields }),
      };
    },
  };
}

const lower = (name: string) => name.toLowerCase();
