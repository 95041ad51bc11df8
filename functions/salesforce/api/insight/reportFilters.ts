import { invalidInput } from '../../../../shared/failure.ts';
import type { Condition, Value } from '../../../../shared/filter/condition.ts';
import { fieldCalled, folded } from '../../../../shared/filter/label.ts';
import { quoted } from '../../../../shared/text.ts';
import { resolveDay } from '../../../../shared/time/inputs.ts';
import { readNumber } from '../numberText.ts';
import type { ReportDescription } from './wire.ts';

interface ReportFilter {
  column: string;
  operator: string;
  value: string;
}

type Clock = Parameters<typeof resolveDay>[1];

const MAX_CHOICES = 12;

const numbers = new Set(['int', 'double', 'currency', 'percent']);

/**
 * What a report is run by besides its own filters: those that are added to them.
 * https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_filter_reportdata.htm
 * @throws Failure `invalid_input` for a column that the report does not let one filter by, or a value that it does not have
 */
export async function filteredReport(
  { reportMetadata, reportTypeMetadata }: ReportDescription,
  conditions: readonly Condition[],
  clock: Clock,
) {
  const columns = reportTypeMetadata.categories.flatMap(category =>
    Object.entries(category.columns)
      .filter(([, { filterable }]) => filterable !== false)
      .map(([id, column]) => ({ ...column, id, also: [`${category.label ?? ''} ${column.label}`.trim()] })),
  );
  const own = new Set(reportMetadata.detailColumns);
  const added: ReportFilter[] = [];
  for (const condition of conditions) {
    // A label may be that of several objects' fields; one that the report shows is meant before others.
    const shown = columns.filter(({ id, label }) => own.has(id) && folded(label) === folded(condition.label));
    const column = fieldCalled(condition.label, shown.length > 0 ? shown : columns, { input: 'where' });
    added.push(...(await filtersOf(condition, column, clock)));
  }
  const before = reportMetadata.reportFilters;
  const logic = reportMetadata.reportBooleanFilter;
  const numbers = added.map((_, at) => before.length + at + 1);
  return {
    reportMetadata: {
      reportFilters: [...before, ...added],
      ...(logic && { reportBooleanFilter: `(${logic}) AND ${numbers.join(' AND ')}` }),
    },
  };
}

interface Column {
  id: string;
  label: string;
  dataType?: string | null | undefined;
  filterValues: { name: string; label?: string | null | undefined }[];
}

async function filtersOf({ label, test, isNot }: Condition, column: Column, clock: Clock): Promise<ReportFilter[]> {
  const wrong = (message: string) => invalidInput([{ field: 'where', message: `${label}: ${message}` }]);
  const filter = (operator: string, value: string) => ({ column: column.id, operator, value });
  const toText = async (value: Value): Promise<string> => {
    if (column.dataType === 'date' || column.dataType === 'datetime') {
      return resolveDay(String(value), clock, 'where');
    }
    if (numbers.has(column.dataType ?? '')) {
      const number = readNumber(value, { type: column.dataType ?? '', decimals: undefined });
      if ('value' in number) return String(number.value);
      throw wrong(number.problem);
    }
    if (column.filterValues.length === 0) {
      if (folded(String(value)) !== 'me') return String(value);
      throw wrong('a report does not know who "me" is. Give the name as the report shows it.');
    }
    const sought = folded(String(value));
    const found = column.filterValues.find(({ name, label: shown }) =>
      [name, shown ?? name].some(text => folded(text) === sought),
    );
    if (found) return found.name;
    const choices = column.filterValues.slice(0, MAX_CHOICES).map(({ label: shown, name }) => shown ?? name);
    throw wrong(`${quoted(String(value))} is none of its values, such as ${choices.join(', ')}.`);
  };
  switch (test.kind) {
    case 'empty':
      return [filter(isNot ? 'notEqual' : 'equals', '')];
    case 'contains':
      return [filter(isNot ? 'notContain' : 'contains', inList(test.text))];
    case 'oneOf': {
      const values = await Promise.all(test.values.map(toText));
      const all = [...values.map(inList), ...(test.orEmpty ? ['""'] : [])];
      return [filter(isNot ? 'notEqual' : 'equals', all.join(','))];
    }
    case 'between': {
      if (isNot) throw wrong('a report takes no range that is excluded. Give what it is to be.');
      const { from, to } = test;
      return [
        ...(from === undefined ? [] : [filter('greaterOrEqual', await toText(from))]),
        ...(to === undefined ? [] : [filter('lessOrEqual', await toText(to))]),
      ];
    }
  }
}

/** A value among others, which commas part. */
function inList(value: string): string {
  return /[,"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
