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
export function groupColumns({ items, rolledUp, alias, objectType }: SoqlOutline): GroupColumns {
  const own = new Set([alias, objectType.toLowerCase()]);
  const parents = items.filter(({ kind, text, alias: name }) => {
    const [first = '', ...others] = text.toLowerCase().split('.');
    return kind === 'field' && name === undefined && others.length > (own.has(first) ? 1 : 0);
  });
  const computed = items.filter(({ kind, alias }) => kind === 'function' && alias === undefined);
  // Salesforce names them expr0 and so on, and `Account.Name` just Name.
  const names = new Map([
    ...computed.map(({ text }, at): [string, string] => [`expr${at}`, text]),
    ...parents.map(({ text }): [string, string] => [text.slice(text.lastIndexOf('.') + 1), text]),
  ]);
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
