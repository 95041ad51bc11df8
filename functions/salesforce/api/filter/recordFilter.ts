import * as z from 'zod';
import { Failure, invalidInput } from '../../../../shared/failure.ts';
import type { Condition } from '../../../../shared/filter/condition.ts';
import { anyName, columns, missing, type Order, orderBy, where } from '../../../../shared/filter/inputs.ts';
import { fieldCalled } from '../../../../shared/filter/label.ts';
import { momentsAt } from '../../../../shared/filter/moments.ts';
import { nameList } from '../../../../shared/filter/nameList.ts';
import { heading } from '../../../../shared/schema/meaning.ts';
import { quoted } from '../../../../shared/text.ts';
import { resolveSince, sinceText } from '../../../../shared/time/inputs.ts';
import { dayAt } from '../../../../shared/time/timeZone.ts';
import type { Clock } from '../../../../shared/time/when.ts';
import { findOwners } from '../owners.ts';
import { isIdOf } from '../recordId.ts';
import type { Salesforce } from '../salesforce.ts';
import { anyOf, day, list, names, type Soql, soql } from '../soql.ts';
import {
  choiceOf,
  conditionSoql,
  type FieldCondition,
  mayBeQueues,
  ownedByQueue,
  ownerCalled,
} from './conditionSoql.ts';
import { lastActivity, type RecordField, recordFields } from './recordField.ts';

/** One value of a picklist or several, separated by commas. */
export const choices = anyName;

/** The owner of records, for every action that finds some. */
export const owner = choices.meta({ mayMatchSeveral: true });

export const ownerText = 'Owners by name or e-mail address, separated by commas; me for the user who asks.';
export const ownerOrQueueText =
  'Owners or queues by name or e-mail address, separated by commas; me for the user who asks, none for those that a queue has and nobody took.';

/** The inputs of the one language of filters and columns that every action takes that finds records. */
export const filterInputs = {
  where: where.optional().meta({
    description:
      'Conditions on any fields by label, JSON as a string: {"Type": ["New", "Upgrade"], "Amount": {"from": 5000}, "Name": {"contains": "x"}, "Rating": {"not": "Cold"}, "Phone": null}.',
    mayMatchSeveral: true,
  }),
  missing: missing.optional().describe('Labels of fields that are empty.'),
  unchangedFor: sinceText.optional().describe('No change or activity for a span such as 7d.'),
  columns: columns.optional().describe('Labels of fields to show.'),
  orderBy: orderBy.optional().describe('Label to sort by, such as Amount desc.'),
};

/** What an item of a list has besides its own fields. */
export const columnsOutput = {
  columns: z
    .array(
      z.object({
        name: heading('The label of the field.'),
        value: z.string().describe('Its value.'),
      }),
    )
    .optional()
    .describe('The fields that were asked for in columns and have no place of their own here.'),
};

interface Given {
  owner?: string | undefined;
  where?: readonly Condition[] | undefined;
  missing?: readonly string[] | undefined;
  unchangedFor?: string | undefined;
  columns?: readonly string[] | undefined;
  orderBy?: readonly Order[] | undefined;
}

/** Inputs of an action that take the values of one picklist each: the field's API name, and what was given. */
export type Choices = Readonly<Record<string, readonly [field: string, given: string | undefined]>>;

export interface RecordFilter {
  /** One for each filter, by the input that it comes from. */
  conditions: Record<string, Soql | undefined>;
  /** Undefined where the action's own order holds. */
  orderBy: Soql | undefined;
  /** Undefined where none were asked for. */
  columns: RecordField[] | undefined;
  /** Columns that cannot be shown. */
  notShown: string[];
  /** What the user should know. */
  remarks: string[];
  /**
   * To be asked where nothing was found: other conditions to try in place of those of the same inputs, because a value was given by
   * a label that is not its own; undefined where there are none. @throws Failure `invalid_input` for a value that does not exist
   */
  ofFoundNothing(): Promise<Record<string, Soql | undefined> | undefined>;
}

/**
 * Compiles the filters and columns of an action that finds records of one object, and whose they are. Where they name fields or values, the object's
 * description is asked for, which is kept.
 * @param mayBeQueue Whether queues own records of the object.
 * @throws Failure `invalid_input` for a label or a value, `ambiguous` for a label of several fields; of an owner as `ownedBy`
 */
export async function recordFilter(
  { salesforce, now }: { salesforce: Salesforce; now: Date },
  objectType: string,
  given: Given,
  { choices = {}, mayBeQueue = false }: { choices?: Choices; mayBeQueue?: boolean } = {},
): Promise<RecordFilter> {
  const { owner, where = [], missing = [], unchangedFor, columns, orderBy = [] } = given;
  const clock = { now, timeZone: salesforce.timeZone };
  const findOwned = () => {
    const found = owner === undefined ? undefined : ownedBy(salesforce, owner, mayBeQueue);
    // It is awaited last, and what is wrong with another input may be told before.
    found?.catch(() => {});
    return found;
  };
  // Beside conditions, which may name people as well, it waits until their number is known.
  const owned = where.length === 0 ? findOwned() : undefined;
  // One value that does not exist finds nothing, which is then looked into. Among several it would not be noticed.
  const isChecked = Object.values(choices).some(([, text]) => text !== undefined && nameList(text).length > 1);
  const isLabelled =
    isChecked ||
    unchangedFor !== undefined ||
    where.length + missing.length + orderBy.length + (columns?.length ?? 0) > 0;
  const fields = isLabelled ? recordFields(await salesforce.describe(objectType)) : [];
  const hint = `describeObject lists those of ${objectType}.`;
  const called = (label: string, input: string) => openField(salesforce, objectType, label, fields, { input, hint });

  const around = { salesforce, objectType, moments: momentsAt(clock) };
  const conditionsOf = async (input: string, all: readonly FieldCondition[]) => {
    if (all.length === 0) return { input, soql: undefined, remarks: [] };
    const compiled = await Promise.all(all.map(condition => conditionSoql(condition, around)));
    const parts = compiled.map(each => soql`(${each.soql})`);
    return { input, soql: list(parts, ' AND '), remarks: compiled.flatMap(({ remark }) => remark ?? []) };
  };
  const groups = await Promise.all([
    (async () => {
      const all = await Promise.all(
        where.map(async ({ label, test, isNot }) => ({
          field: await called(label, 'where'),
          test,
          isNot,
          input: 'where',
        })),
      );
      requireFewPeople(all, owner);
      return conditionsOf('where', all);
    })(),
    (async () => {
      const all = await Promise.all(
        missing.map(async label => ({
          field: requireMayBeMissing(await called(label, 'missing'), objectType),
          test: { kind: 'empty' } as const,
          isNot: false,
          input: 'missing',
        })),
      );
      return conditionsOf('missing', all);
    })(),
  ]);
  const untouched =
    unchangedFor === undefined ? undefined : await untouchedSince(unchangedFor, clock, fields, objectType);
  const notShown: string[] = [];
  const shown = await Promise.all(
    (columns ?? []).map(async label => {
      try {
        return await called(label, 'columns');
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'invalid_input') throw error;
        // It may be hidden from this user, which Salesforce does not tell from one that does not exist.
        notShown.push(error.message.replace(/^columns: /, ''));
        return undefined;
      }
    }),
  );
  const sorted = await Promise.all(
    orderBy.map(async ({ label, direction }) => {
      const field = await called(label, 'orderBy');
      if (!field.description.sortable) {
        throw invalidInput([{ field: 'orderBy', message: `Salesforce cannot sort by ${quoted(field.label)}.` }]);
      }
      const isDescending = direction === undefined ? field.description.type === 'datetime' : direction === 'desc';
      return {
        soql: isDescending ? soql`${names(field.path)} DESC NULLS LAST` : soql`${names(field.path)} ASC NULLS LAST`,
        // Nobody asked for this direction.
        remark:
          direction === undefined && isDescending
            ? `They are sorted by ${field.label}, the latest first; for the earliest give orderBy ${quoted(`${field.label} asc`)}.`
            : undefined,
      };
    }),
  );
  return {
    conditions: {
      owner: await (owned ?? findOwned()),
      ...choiceConditions(choices, isLabelled ? checkedBy(fields) : listed),
      ...Object.fromEntries(groups.map(({ input, soql }) => [input, soql])),
      unchangedFor: untouched?.soql,
    },
    orderBy: sorted.length === 0 ? undefined : list([...sorted.map(each => each.soql), soql`Id`], ', '),
    columns: columns && [...new Set(shown.filter(field => field !== undefined))],
    notShown,
    remarks: [
      ...new Set([
        ...groups.flatMap(({ remarks }) => remarks),
        ...(untouched ? [untouched.remark] : []),
        ...sorted.flatMap(({ remark }) => remark ?? []),
      ]),
    ],
    async ofFoundNothing() {
      if (Object.values(choices).every(([, text]) => text === undefined)) return undefined;
      return choiceConditions(choices, checkedBy(recordFields(await salesforce.describe(objectType))));
    },
  };
}

/** @throws Failure `invalid_input` for what each record has */
function requireMayBeMissing(field: RecordField, objectType: string): RecordField {
  if (field.id !== 'OwnerId' || mayBeQueues(field)) return field;
  const message = `Each ${objectType} has an owner, who is a person and no queue. Leave it out.`;
  throw invalidInput([{ field: 'missing', message }]);
}

/**
 * Records that nobody has touched since: neither changed them, nor had a task or an event with them, which changes no record.
 * Where the object has no activities, or they are hidden, only changes count.
 */
async function untouchedSince(text: string, clock: Clock, fields: readonly RecordField[], objectType: string) {
  const since = await resolveSince(text, clock, 'unchangedFor');
  const [unchanged, activity] = [soql`LastModifiedDate <= ${since}`, fields.find(({ id }) => id === lastActivity)];
  const lastDay = dayAt(since, await clock.timeZone());
  if (!activity?.description.filterable) {
    return {
      soql: unchanged,
      remark: `Unchanged means not edited since ${lastDay} (Last Modified Date of ${objectType}).`,
    };
  }
  const column = names(activity.id);
  return {
    soql: soql`${unchanged} AND (${column} = NULL OR ${column} <= ${day(lastDay)})`,
    remark: `Unchanged means neither edited (Last Modified Date) nor with a task or event (${activity.label}) since ${lastDay}.`,
  };
}

/** One condition alone is bounded where it is compiled. */
function requireFewPeople(conditions: readonly FieldCondition[], owner: string | undefined): void {
  const inWhere = conditions.flatMap(({ field, test }) => {
    const { referenceTo } = field.description;
    if (!referenceTo.includes('User') || test.kind !== 'oneOf') return [];
    return [{ label: quoted(field.label), names: test.values.filter(value => !isIdOf(referenceTo, String(value))) }];
  });
  const owners = nameList(owner ?? '').filter(name => !name.includes('@') && !isIdOf(['User', 'Group'], name));
  const ofPeople = [...(owners.length > 0 ? [{ label: 'owner', names: owners }] : []), ...inWhere];
  const count = ofPeople.reduce((sum, { names }) => sum + names.length, 0);
  if (inWhere.length === 0 || ofPeople.length < 2 || count <= MAX_OWNERS) return;
  const labels = ofPeople.map(({ label }) => label).join(', ');
  const message = `${labels} take at most ${MAX_OWNERS} names together, and have ${count}. Ask in several calls, or give IDs.`;
  throw invalidInput([{ field: 'where', message }]);
}

type ValuesOf = (text: string, field: string, input: string) => readonly string[];

/** The values that a text means, as the fields themselves have them. */
function checkedBy(fields: readonly RecordField[]): ValuesOf {
  return (text, name, input) => {
    const field = fields.find(({ id }) => id === name);
    if (!field) throw hiddenField(input, name);
    return valuesIn(text, field).map(value => choiceOf({ field, input }, value));
  };
}

/** Conditions on picklists that inputs of their own are for. */
function choiceConditions(choices: Choices, valuesOf: ValuesOf): Record<string, Soql | undefined> {
  return Object.fromEntries(
    Object.entries(choices).map(([input, [field, text]]) => [
      input,
      text === undefined ? undefined : soql`${names(field)} IN ${valuesOf(text, field, input)}`,
    ]),
  );
}

/** Values separated by commas, or one that has a comma in it itself. */
function listed(text: string): string[] {
  return [...new Set([text, ...nameList(text)])];
}

/** The same, where the field's own values are known. */
function valuesIn(text: string, { description: { picklistValues } }: RecordField): string[] {
  const isOne = picklistValues.some(({ value, label }) => [value, label].includes(text));
  return isOne ? [text] : nameList(text);
}

/** A field by its label. One that leads to what is closed is as one that does not exist. */
async function openField(
  salesforce: Salesforce,
  objectType: string,
  label: string,
  fields: readonly RecordField[],
  around: { input: string; hint: string },
): Promise<RecordField> {
  const field = fieldCalled(label, fields, around);
  if (field.path === field.id || (await salesforce.openPaths(objectType, [field.path])).length > 0) return field;
  return fieldCalled(
    label,
    fields.filter(other => other !== field),
    around,
  );
}

function hiddenField(input: string, name: string): Failure {
  return invalidInput([
    { field: input, message: `Salesforce does not show the field ${name} to the user that this service runs as.` },
  ]);
}

/**
 * Records of one owner or several: names, e-mail addresses or IDs, separated by commas; `me`; where queues own records, `none` for
 * those that a queue has.
 * @throws Failure `not_found` or `ambiguous` for a name
 */
async function ownedBy(salesforce: Salesforce, text: string, mayBeQueue: boolean): Promise<Soql> {
  const all = await ownerNames(salesforce, text, mayBeQueue);
  if (all.length > MAX_OWNERS) {
    throw invalidInput([{ field: 'owner', message: `It must be at most ${MAX_OWNERS} names.` }]);
  }
  const isNone = (name: string) => name.toLowerCase() === 'none';
  if (!mayBeQueue && all.some(isNone)) {
    const message = 'It cannot be none: each of these records has an owner, who is a person. Leave it out.';
    throw invalidInput([{ field: 'owner', message }]);
  }
  // An e-mail address is nobody else's, so that nobody need be looked up.
  const emails = all.filter(name => name.includes('@'));
  const found = await Promise.all(
    all
      .filter(name => !isNone(name) && !name.includes('@'))
      .map(async name =>
        isIdOf(['User', 'Group'], name) ? name : (await ownerCalled(salesforce, name, 'owner', mayBeQueue)).id,
      ),
  );
  return anyOf([
    ...(all.some(isNone) ? [ownedByQueue] : []),
    ...(emails.length > 0 ? [soql`Owner.Email IN ${emails}`] : []),
    ...(found.length > 0 ? [soql`OwnerId IN ${found}`] : []),
  ]);
}

/** Each costs a request. */
const MAX_OWNERS = 15;

/** Names separated by commas; a name may have a comma itself, as in `Ruiz, Ana`. */
async function ownerNames(salesforce: Salesforce, text: string, mayBeQueue: boolean): Promise<string[]> {
  const all = nameList(text);
  if (all.length < 2 || /["@]/.test(text)) return all;
  const found = await findOwners(salesforce, text, { kinds: mayBeQueue ? ['user', 'queue'] : ['user'] });
  return found.some(({ isExact }) => isExact) ? [text] : all;
}
