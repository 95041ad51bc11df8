import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import type { ItemResult, ItemState } from '../../../shared/plan/carryOut.ts';
import { planAnew } from '../../../shared/plan/planAnew.ts';
import type { PlanItem } from '../../../shared/plan/plans.ts';
import { quoted } from '../../../shared/text.ts';
import { counted } from './counted.ts';
import { findingActions } from './findingActions.ts';
import { objectOf } from './readRecord.ts';
import { nameFieldIn } from './recordChanges.ts';
import type { Salesforce } from './salesforce.ts';
import { names, type Soql, soql } from './soql.ts';
import type { ObjectDescription, ObjectSummary, SalesforceRecord } from './wire.ts';
import { listed } from './writesOfMany.ts';

/** What is needed to delete a record, as it is kept until it is confirmed. */
export const deletionData = z.object({ objectType: z.string(), url: z.string() });

type PlannedDeletion = PlanItem & { data: z.output<typeof deletionData> };

/** https://help.salesforce.com/s/articleView?id=xcloud.home_delete.htm */
const BIN_DAYS = 15;
/** Salesforce takes so many queries in one composite request. */
const TOGETHER = 5;
/** More kinds of children are not counted: most have none. */
const MAX_COUNTED = 40;

/**
 * What deleting a record would do: it is counted what goes with it, by the relationships of which the children are deleted with
 * their parent. It changes nothing.
 * @throws Failure `not_found`; `forbidden` for what may not be deleted, or would not go into the recycle bin
 */
export async function planDeletion(
  salesforce: Salesforce,
  given: { objectType?: string | undefined; recordId: string },
): Promise<{ summary: string; items: PlannedDeletion[] }> {
  const object = await salesforce.describe(given.objectType ?? (await objectOf(salesforce, given.recordId)));
  requireDeletable(object);
  const [record, counts] = await Promise.all([
    readForDeletion(salesforce, object, given.recordId),
    countChildren(salesforce, object, given.recordId, goesAlong),
  ]);
  if (!record || record.IsDeleted === true) {
    throw new Failure(
      'not_found',
      record
        ? `${object.label} ${given.recordId} was deleted already; undeleteRecord brings it back.`
        : `There is no ${object.label} ${given.recordId} that this service may see. Find it by name, with ${findingActions([object.name])}.`,
    );
  }
  const key = String(record.Id);
  const title = titleOf(record, object);
  const going = counts.children.map(({ one, many, count }) => counted(count, [one, many]));
  const withIt =
    going.length > 0 ? `, and with it ${listed(going)}, with all that belongs to these` : ', and nothing with it';
  return {
    summary: [
      `${title} would go into Salesforce's recycle bin${going.length > 0 ? ' with what belongs to it' : ''}, by ${salesforce.actor}.`,
      `For ${BIN_DAYS} days it can be brought back with all of it, by undeleteRecord or from the recycle bin, unless that is emptied before.`,
      ...(counts.notCounted.length > 0 ? [`Not counted: ${listed(counts.notCounted)}.`] : []),
    ].join(' '),
    items: [
      {
        key,
        what: `${title} goes into the recycle bin${withIt}.`,
        version: versionOf(record, counts),
        data: { objectType: object.name, url: salesforce.recordUrl(object.name, key) },
      },
    ],
  };
}

/** How the records are now: deleted, as they were, or changed, also in what goes with them. @throws Failure */
export function lookAtDeletions(salesforce: Salesforce, items: readonly PlannedDeletion[]): Promise<ItemState[]> {
  return Promise.all(
    items.map(async ({ key, version, data: { objectType } }): Promise<ItemState> => {
      const object = await salesforce.describe(objectType);
      const [record, counts] = await Promise.all([
        readForDeletion(salesforce, object, key),
        countChildren(salesforce, object, key, goesAlong),
      ]);
      if (!record) return { is: 'changed', message: 'It is not there any more.' };
      if (record.IsDeleted === true) return { is: 'done', message: doneText(titleOf(record, object)) };
      return versionOf(record, counts) === version
        ? { is: 'asPlanned' }
        : { is: 'changed', message: `It, or what would go with it, has changed since the plan was made. ${planAnew}` };
    }),
  );
}

/** Deletes the records, one by one. */
export function deletePlanned(salesforce: Salesforce, items: readonly PlannedDeletion[]): Promise<ItemResult[]> {
  return Promise.all(
    items.map(async ({ key, data, what }): Promise<ItemResult> => {
      try {
        await salesforce.remove(data.objectType, key);
        return { message: doneText(what.split(' goes into')[0] ?? key) };
      } catch (failure) {
        return { failure };
      }
    }),
  );
}

const doneText = (title: string) =>
  `${title} is in the recycle bin. For ${BIN_DAYS} days undeleteRecord brings it back, unless the bin is emptied before.`;

function requireDeletable(object: ObjectDescription): void {
  if (!object.deletable) {
    throw new Failure(
      'forbidden',
      `Records of the object ${object.label} cannot be deleted through this service: its Salesforce user may not, or its administrator has closed the object, or something that would be deleted with it.`,
    );
  }
  if (!object.undeletable) {
    throw new Failure(
      'forbidden',
      `Records of the object ${object.label} do not go into the recycle bin, so nobody could bring them back. They are not deleted through this service; it can be done in Salesforce.`,
    );
  }
}

/** A record, deleted or not, with what tells whether it was changed; undefined where there is none. */
async function readForDeletion(
  salesforce: Salesforce,
  object: ObjectDescription,
  recordId: string,
): Promise<SalesforceRecord | undefined> {
  const has = (name: string) => object.fields.some(field => field.name === name);
  const columns = ['Id', 'IsDeleted', nameFieldIn(object) ?? 'Id', 'LastModifiedDate'].filter(
    name => name === 'Id' || has(name),
  );
  const [record] = await salesforce.query(
    soql`SELECT ${names(...new Set(columns))} FROM ${names(object.name)} WHERE Id = ${recordId}`,
    { withDeleted: true },
  );
  return record;
}

/** Whether children are deleted with their parent. */
const goesAlong = ({ cascadeDelete }: ObjectDescription['childRelationships'][number]) => cascadeDelete;

interface Counts {
  /** Those of which there are any. */
  children: { one: string; many: string; objectType: string; count: number }[];
  /** Labels of those that could not be counted. */
  notCounted: string[];
}

/** How many records of each object refer to a record, by the relationships that are meant. What only belongs to it, such as its history, has no layout. */
export async function countChildren(
  salesforce: Salesforce,
  object: ObjectDescription,
  recordId: string,
  isMeant: (child: ObjectDescription['childRelationships'][number]) => boolean,
): Promise<Counts> {
  const cascading = object.childRelationships.filter(child => child.field && isMeant(child));
  if (cascading.length === 0) return { children: [], notCounted: [] };
  const all = await salesforce.describeAll();
  const found = cascading.flatMap(({ childSObject, field }) => {
    const child = all.find(({ name }) => name === childSObject);
    return child && field && isCounted(child) ? [{ child, field }] : [];
  });
  const asked = found.slice(0, MAX_COUNTED);
  const answers = await countTogether(
    salesforce,
    asked.map(
      ({ child, field }) => soql`SELECT COUNT(Id) total FROM ${names(child.name)} WHERE ${names(field)} = ${recordId}`,
    ),
  );
  const labelOf = ({ label, labelPlural }: ObjectSummary) => labelPlural ?? label;
  const children = new Map<string, Counts['children'][number]>();
  const notCounted = found.slice(MAX_COUNTED).map(({ child }) => labelOf(child));
  for (const [at, { child }] of asked.entries()) {
    const count = answers[at];
    if (count === undefined) notCounted.push(labelOf(child));
    if (!count) continue;
    const before = children.get(child.name)?.count ?? 0;
    children.set(child.name, { one: child.label, many: labelOf(child), objectType: child.name, count: before + count });
  }
  return { children: [...children.values()], notCounted: [...new Set(notCounted)] };
}

const isCounted = ({ layoutable, queryable }: ObjectSummary) => queryable && layoutable;

/** The numbers that statements count; undefined for one that is refused. */
async function countTogether(salesforce: Salesforce, statements: readonly Soql[]): Promise<(number | undefined)[]> {
  const groups = Array.from({ length: Math.ceil(statements.length / TOGETHER) }, (_, at) =>
    statements.slice(at * TOGETHER, (at + 1) * TOGETHER),
  );
  const answers = await Promise.all(groups.map(group => salesforce.queryTogether(group)));
  return answers.flat().map(answer => {
    if (answer instanceof Failure) return undefined;
    const count = answer[0]?.total;
    return typeof count === 'number' ? count : undefined;
  });
}

function versionOf({ LastModifiedDate }: SalesforceRecord, { children }: Counts): string {
  return JSON.stringify([LastModifiedDate ?? '', children.map(({ objectType, count }) => [objectType, count])]);
}

/** `Account "Contoso"` */
function titleOf(record: SalesforceRecord, object: ObjectDescription): string {
  const name = record[nameFieldIn(object) ?? ''];
  return `${object.label} ${typeof name === 'string' ? quoted(name) : String(record.Id)}`;
}
