import * as z from 'zod';
import type { Failure } from '../../../../shared/failure.ts';
import { isSetUpObject, openPeopleFields } from '../setUpObjects.ts';
import type { ObjectDescription } from '../wire.ts';
import { fieldOf, reportReach } from './reportReach.ts';

/** What decides what is open: see `allowed`. */
interface ReportGuard {
  openness: { restricts: boolean; isOpen(objectType: string): boolean };
  find(objectType: string): Promise<Pick<ObjectDescription, 'name' | 'fields'> | undefined>;
  openPaths(objectType: string, paths: readonly string[]): Promise<string[]>;
  /** A refusal by this service, with a sentence. */
  closed(sentence: string): Failure;
}

/**
 * Why a report, or a component of a dashboard, may not be told; undefined where it may. Its rows, columns, groupings, sums
 * and filters must all be open. Where a policy restricts anything, what cannot be decided is refused.
 */
export async function refusalOfReport(
  answer: unknown,
  guard: ReportGuard,
  /** What describes the report: its answer need not tell what it is grouped and filtered by. */
  describe: (reportId: string) => Promise<unknown> = async () => undefined,
): Promise<Failure | undefined> {
  const { openness, closed } = guard;
  let reach = reportReach(answer);
  if (openness.restricts && reach?.reportId && reach.undecidable.length > 0) {
    reach = reportReach(answer, await describe(reach.reportId));
  }
  if (!reach) return openness.restricts ? closed(undecided) : undefined;
  const shut = reach.objects.find(objectType => !openness.isOpen(objectType));
  if (shut !== undefined)
    return closed(`This report is over ${shut} of Salesforce, which a policy does not open here.`);
  const [type] = reach.undecidable;
  // Reports on people tell of sign-in and rights.
  if (type !== undefined && (isOfPeople(type) || /^User/.test(type))) {
    return closed('Reports on users tell of sign-in and rights, which this service keeps closed.');
  }
  if (openness.restricts && type !== undefined) return closed(undecided);
  for (const { objectType, path, column } of reach.fields) {
    const open = await openOf(guard, objectType, path);
    if (open === 'unknown' && !openness.restricts && !isOfPeople(objectType)) continue;
    if (open !== true) {
      return closed(
        openness.restricts
          ? 'This report shows, sums or filters a field that is closed here, or of which that cannot be told.'
          : `This report has the column ${column}, and of users only who they are is open here.`,
      );
    }
  }
  return undefined;
}

const undecided =
  "A policy restricts what of Salesforce is open here, and whether this report keeps to it cannot be told from the report's definition. Use summarizeRecords or a find action instead.";

/** Unknown where nothing tells what a column's name leads to. */
async function openOf(guard: ReportGuard, objectType: string, path: string): Promise<boolean | 'unknown'> {
  if (!guard.openness.restricts && isOrdinary(objectType, path)) return true;
  const object = await guard.find(objectType);
  const [first = ''] = path.toLowerCase().split('.');
  const isThere = object?.fields.some(({ name, relationshipName }) =>
    [name, relationshipName].some(own => own?.toLowerCase() === first),
  );
  return isThere ? (await guard.openPaths(object?.name ?? objectType, [path])).length > 0 : 'unknown';
}

const isOfPeople = (objectType: string) => isSetUpObject(objectType) || openPeopleFields(objectType) !== undefined;

/** What leads to nobody's rights, whatever it is: a field of a record, or who somebody is. */
function isOrdinary(objectType: string, path: string): boolean {
  if (isOfPeople(objectType)) return false;
  const [first = '', second, ...others] = path.split('.');
  if (second === undefined) return true;
  return others.length === 0 && !isSetUpObject(first) && openPeopleFields('User')?.has(second.toLowerCase()) === true;
}

const describedColumns = z.looseObject({
  reportMetadata: z.looseObject({ reportType: z.looseObject({ type: z.string() }) }),
  reportTypeMetadata: z.looseObject({
    categories: z.array(
      z.looseObject({
        columns: z.record(z.string(), z.looseObject({ fullyQualifiedName: z.string().nullish() })),
      }),
    ),
  }),
});

/** A report's description without the columns that are closed, or of which that cannot be told. */
export async function openDescription(answer: unknown, guard: ReportGuard): Promise<unknown> {
  const { data } = describedColumns.safeParse(answer);
  if (!data) return {};
  const { type } = data.reportMetadata.reportType;
  const categories = await Promise.all(
    data.reportTypeMetadata.categories.map(async category => {
      const open = await Promise.all(
        Object.entries(category.columns).map(async ([name, column]) => {
          const field = fieldOf(name, column.fullyQualifiedName, type);
          const isOpen = field && (await openOf(guard, field.objectType, field.path)) === true;
          return isOpen ? [[name, column] as const] : [];
        }),
      );
      return { ...category, columns: Object.fromEntries(open.flat()) };
    }),
  );
  return { ...data, reportTypeMetadata: { ...data.reportTypeMetadata, categories } };
}

const dashboard = z.looseObject({
  componentData: z.array(z.looseObject({ componentId: z.string(), reportResult: z.unknown() })),
  dashboardMetadata: z.looseObject({
    components: z.array(z.looseObject({ id: z.string() })),
    filters: z.array(z.unknown()).nullish(),
  }),
});

/**
 * A dashboard without the components that are closed. Where a policy restricts anything, its filters are left out with
 * them: their choices are values of fields that nothing tells.
 */
export async function openDashboard(
  answer: unknown,
  guard: ReportGuard,
  describe: (reportId: string) => Promise<unknown>,
): Promise<unknown> {
  const { success, data } = dashboard.safeParse(answer);
  if (!success) return guard.openness.restricts ? {} : answer;
  const refusals = await Promise.all(
    data.componentData.map(({ reportResult }) =>
      reportResult === null || reportResult === undefined ? undefined : refusalOfReport(reportResult, guard, describe),
    ),
  );
  const shut = new Set(data.componentData.flatMap(({ componentId }, at) => (refusals[at] ? [componentId] : [])));
  return {
    ...data,
    closedComponents: shut.size,
    componentData: data.componentData.filter(({ componentId }) => !shut.has(componentId)),
    dashboardMetadata: {
      ...data.dashboardMetadata,
      components: data.dashboardMetadata.components.filter(({ id }) => !shut.has(id)),
      ...(guard.openness.restricts && { filters: [] }),
    },
  };
}
