import * as z from 'zod';

// The parts of the answers of reports and dashboards that are used:
// https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/

const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? []);

const info = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .record(z.string(), z.object({ label: z.string(), dataType: z.string().nullish(), ...shape }))
    .nullish()
    .transform(columns => columns ?? {});

/** A field of a report, of which the object's own name is told as `Opportunity.Name`. */
const qualified = { fullyQualifiedName: z.string().nullish() };

const filter = z.object({ column: z.string(), operator: z.string().nullish(), value: z.string().nullish() });
const namedColumn = z.object({ name: z.string() });

const reportMetadataSchema = z.looseObject({
  id: z.string().nullish(),
  name: z.string().nullish(),
  reportFormat: z.string().nullish(),
  reportType: z.object({ type: z.string(), label: z.string().nullish() }).nullish(),
  currency: z.string().nullish(),
  detailColumns: list(z.string()),
  aggregates: list(z.string()),
  groupingsDown: list(namedColumn),
  groupingsAcross: list(namedColumn),
  reportFilters: list(z.looseObject(filter.shape)),
  reportBooleanFilter: z.string().nullish(),
  standardFilters: list(z.object({ name: z.string(), value: z.string().nullish() })),
  standardDateFilter: z.object({ column: z.string().nullish(), durationValue: z.string().nullish() }).nullish(),
});

const extendedSchema = z.object({
  aggregateColumnInfo: info({}),
  detailColumnInfo: info(qualified),
  groupingColumnInfo: info(qualified),
});

export interface Grouping {
  key: string;
  label?: string | null | undefined;
  value?: unknown;
  groupings: Grouping[];
}
const grouping: z.ZodType<Grouping> = z.lazy(() =>
  z.object({ key: z.string(), label: z.string().nullish(), value: z.unknown(), groupings: list(grouping) }),
);
const groupings = z
  .object({ groupings: list(grouping) })
  .nullish()
  .transform(all => all?.groupings ?? []);

const cell = z.object({ label: z.string().nullish(), value: z.unknown() });
const facts = z.object({ aggregates: list(cell), rows: list(z.object({ dataCells: list(cell) })) });

export const reportResultSchema = z.object({
  allData: z.boolean().nullish(),
  factMap: z.record(z.string(), facts),
  groupingsDown: groupings,
  groupingsAcross: groupings,
  reportExtendedMetadata: extendedSchema,
  reportMetadata: reportMetadataSchema,
});

export const reportDescriptionSchema = z.object({
  reportMetadata: reportMetadataSchema,
  reportTypeMetadata: z.object({
    categories: list(
      z.object({
        label: z.string().nullish(),
        columns: info({
          ...qualified,
          filterable: z.boolean().nullish(),
          filterValues: list(z.object({ name: z.string(), label: z.string().nullish() })),
        }),
      }),
    ),
  }),
});

export type ReportCell = z.output<typeof cell>;
export type ReportResult = z.output<typeof reportResultSchema>;
export type ReportDescription = z.output<typeof reportDescriptionSchema>;

const dashboardFilter = z.object({
  name: z.string().nullish(),
  options: list(
    z.object({
      id: z.string(),
      alias: z.string().nullish(),
      value: z.string().nullish(),
      startValue: z.string().nullish(),
      endValue: z.string().nullish(),
    }),
  ),
});

export const dashboardSchema = z.object({
  /** How many components this service leaves out. */
  closedComponents: z.number().nullish(),
  componentData: list(
    z.object({
      componentId: z.string(),
      reportResult: reportResultSchema.nullish().catch(undefined),
      status: z
        .object({ errorMessage: z.string().nullish(), refreshDate: z.string().nullish() })
        .nullish()
        .catch(undefined),
    }),
  ),
  dashboardMetadata: z.object({
    name: z.string().nullish(),
    description: z.string().nullish(),
    runningUser: z.object({ displayName: z.string().nullish() }).nullish().catch(undefined),
    filters: list(dashboardFilter),
    components: list(
      z.object({
        id: z.string(),
        reportId: z.string().nullish(),
        header: z.string().nullish(),
        title: z.string().nullish(),
        footer: z.string().nullish(),
      }),
    ),
  }),
});
