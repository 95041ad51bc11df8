import * as z from 'zod';

/** What a report shows, sums, groups by or filters by. */
export interface ReportReach {
  reportId: string | undefined;
  /** The objects of which its rows are. */
  objects: string[];
  /** Fields, as an object and a path from it. */
  fields: { objectType: string; path: string; column: string }[];
  /** What cannot be told from its metadata to be open. */
  undecidable: string[];
}

/** Of the usual reports the object that a row is of. In all others a row tells of several. */
const rowObjects: Readonly<Record<string, string>> = {
  Opportunity: 'Opportunity',
  AccountList: 'Account',
  ContactList: 'Contact',
  LeadList: 'Lead',
  CaseList: 'Case',
};

/** Columns of the usual reports whose names tell no field, and filters that are no columns. */
const knownColumns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Opportunity: {
    OPPORTUNITY_NAME: 'Opportunity.Name',
    STAGE_NAME: 'Opportunity.StageName',
    AMOUNT: 'Opportunity.Amount',
    EXP_AMOUNT: 'Opportunity.ExpectedRevenue',
    PROBABILITY: 'Opportunity.Probability',
    CLOSE_DATE: 'Opportunity.CloseDate',
    CREATED_DATE: 'Opportunity.CreatedDate',
    NEXT_STEP: 'Opportunity.NextStep',
    TYPE: 'Opportunity.Type',
    LEAD_SOURCE: 'Opportunity.LeadSource',
    ACCOUNT_NAME: 'Opportunity.Account.Name',
    FULL_NAME: 'Opportunity.Owner.Name',
    CLOSED: 'Opportunity.IsClosed',
    WON: 'Opportunity.IsWon',
    open: 'Opportunity.IsClosed',
    probability: 'Opportunity.Probability',
  },
};

/** A filter that leaves everything in. */
const unfiltered = new Set(['', 'all', '>=0', '>0']);

const columnInfo = z
  .record(z.string(), z.looseObject({ fullyQualifiedName: z.string().nullish() }))
  .nullish()
  .catch(undefined)
  .transform(all => all ?? {});
const namesOf = z
  .array(z.looseObject({ name: z.string() }))
  .nullish()
  .catch(undefined)
  .transform(all => (all ?? []).map(({ name }) => name));
const present = z.array(z.unknown()).nullish().catch(undefined);
const columnsOf = z
  .array(z.looseObject({ column: z.string() }))
  .nullish()
  .catch(undefined)
  .transform(all => (all ?? []).map(({ column }) => column));
const texts = z
  .array(z.string())
  .nullish()
  .catch(undefined)
  .transform(all => all ?? []);

const definition = z.looseObject({
  reportMetadata: z.looseObject({
    id: z.string().nullish(),
    reportFormat: z.string().nullish(),
    reportType: z.looseObject({ type: z.string() }),
    detailColumns: texts,
    aggregates: texts,
    groupingsDown: namesOf,
    groupingsAcross: namesOf,
    reportFilters: columnsOf,
    standardFilters: z
      .array(z.looseObject({ name: z.string(), value: z.string().nullish() }))
      .nullish()
      .catch(undefined),
    standardDateFilter: z.looseObject({ column: z.string().nullish() }).nullish().catch(undefined),
    sortBy: z
      .array(z.looseObject({ sortColumn: z.string() }))
      .nullish()
      .catch(undefined),
    buckets: present,
    crossFilters: present,
    customDetailFormula: present,
    customSummaryFormula: present,
    historicalSnapshotDates: present,
  }),
  reportExtendedMetadata: z
    .looseObject({ detailColumnInfo: columnInfo, groupingColumnInfo: columnInfo })
    .nullish()
    .catch(undefined),
});

const description = z.looseObject({
  reportTypeMetadata: z.looseObject({ categories: z.array(z.looseObject({ columns: columnInfo })) }),
});

/** What a report reaches, by the metadata that its answer and its description have; undefined where it has none. */
export function reportReach(answer: unknown, described?: unknown): ReportReach | undefined {
  const { data } = definition.safeParse(answer);
  if (!data) return undefined;
  const categories = description.safeParse(described).data?.reportTypeMetadata.categories ?? [];
  const { reportMetadata: report, reportExtendedMetadata: extended } = data;
  const { type } = report.reportType;
  const object = rowObjects[type];
  const reach: ReportReach = {
    reportId: report.id ?? undefined,
    objects: object ? [object] : [],
    fields: [],
    undecidable: [],
  };
  if (!object) reach.undecidable.push(type);
  if (report.reportFormat === 'MULTI_BLOCK') reach.undecidable.push('blocks');
  const computed = [
    'buckets',
    'crossFilters',
    'customDetailFormula',
    'customSummaryFormula',
    'historicalSnapshotDates',
  ];
  reach.undecidable.push(...computed.filter(name => z.array(z.unknown()).min(1).safeParse(report[name]).success));

  const filters = (report.standardFilters ?? []).filter(({ value }) => !unfiltered.has(value ?? ''));
  const columns = [
    ...report.detailColumns,
    ...report.aggregates.flatMap(aggregateColumn),
    ...report.groupingsDown,
    ...report.groupingsAcross,
    ...report.reportFilters,
    ...filters.map(({ name }) => name),
    ...(report.standardDateFilter?.column ? [report.standardDateFilter.column] : []),
    ...(report.sortBy ?? []).map(({ sortColumn }) => sortColumn),
  ];
  for (const column of new Set(columns.flatMap(aggregateColumn))) {
    const told =
      extended?.detailColumnInfo[column]?.fullyQualifiedName ??
      extended?.groupingColumnInfo[column]?.fullyQualifiedName ??
      categories.find(({ columns: all }) => all[column])?.columns[column]?.fullyQualifiedName;
    const field = fieldOf(column, told, type);
    if (field) reach.fields.push(field);
    else reach.undecidable.push(column);
  }
  return reach;
}

/** The field behind a column; undefined where nothing tells it. */
export function fieldOf(column: string, qualifiedName: string | null | undefined, reportType: string) {
  const name = qualifiedName ?? knownColumns[reportType]?.[column] ?? column;
  const [, objectType, path] = /^(\w{1,80})\.(\w[\w.]{0,200})$/.exec(name) ?? [];
  return objectType && path ? { objectType, path, column } : undefined;
}

/** `s!AMOUNT` is the sum of a column, and `RowCount` of none. */
function aggregateColumn(name: string): string[] {
  if (name === 'RowCount') return [];
  return [/^(?:s|a|m|mx|u)!(.+)$/.exec(name)?.[1] ?? name];
}
