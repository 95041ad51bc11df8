import type * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { momentsAt } from '../../../shared/filter/moments.ts';
import { resolveComing } from '../../../shared/time/coming.ts';
import type { RenewalSource } from '../settings.ts';
import { recordFields } from './filter/recordField.ts';
import { nameFieldOf } from './objectNames.ts';
import { valueAt } from './recordValues.ts';
import type { renewal } from './renewalOutput.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, day, names, type Soql, soql } from './soql.ts';
import { currencyField } from './visibleFields.ts';
import type { SalesforceRecord } from './wire.ts';

type Renewal = z.output<typeof renewal>;

/** The accounts of which something ends within a time. */
interface Renewals {
  /** What holds of such an account. */
  condition: Soql;
  /** What of them ends then, the soonest first, by the account's ID. One request. */
  of(accountIds: readonly string[]): Promise<ReadonlyMap<string, { renewals: Renewal[] }>>;
  /** By what it goes, for people. */
  remark: string;
}

/** Of these objects only some records are in force, where they have the field that tells. */
const inForce: Readonly<Record<string, { field: string; holds: Soql; words: string; amount?: string }>> = {
  Contract: { field: 'StatusCode', holds: soql`StatusCode = 'Activated'`, words: 'activated ' },
  Opportunity: { field: 'IsWon', holds: soql`IsWon = TRUE`, words: 'won ', amount: 'Amount' },
};

const MAX_SHOWN = 5;
const MAX_READ = 1_000;

/**
 * @param text What `comingText` takes.
 * @throws Failure `invalid_input` for a time that is past, `misconfigured` where SALESFORCE_RENEWALS names what is not there
 */
export async function renewalsWithin(
  { salesforce, now }: { salesforce: Salesforce; now: Date },
  text: string,
): Promise<Renewals> {
  const clock = { now, timeZone: salesforce.timeZone };
  const { from, to } = await resolveComing(text, clock, 'renewalWithin');
  const source = await sourceOf(salesforce, salesforce.renewalSource);
  const { object, end, account, needed } = source;
  const column = names(end.id);
  const moments = momentsAt(clock);
  const bounds =
    end.description.type === 'date'
      ? [soql`${column} >= ${day(from)}`, soql`${column} <= ${day(to)}`]
      : await Promise.all([
          moments.first(from).then(first => soql`${column} >= ${first ?? now}`),
          moments.last(to).then(last => soql`${column} <= ${last ?? now}`),
        ]);
  const conditions = [...bounds, ...(needed ? [needed.holds] : [])];
  return {
    condition:
      object.name === 'Account'
        ? allOf(conditions)
        : soql`Id IN (SELECT ${names(account)} FROM ${names(object.name)} WHERE ${allOf(conditions)})`,
    of: accountIds => readRenewals(salesforce, source, { accountIds, conditions, most: MAX_READ }),
    remark: `Renewals from ${from} to ${to} go by ${end.label} of ${needed?.words ?? ''}${(object.labelPlural ?? object.label).toLowerCase()} (${object.name}.${end.id}).`,
  };
}

/**
 * What of an account ends from today on, the soonest first, at most five. One request.
 * @throws Failure `misconfigured` where SALESFORCE_RENEWALS names what is not there
 */
export async function renewalsAhead(
  { salesforce, now }: { salesforce: Salesforce; now: Date },
  accountId: string,
): Promise<Renewal[]> {
  const source = await sourceOf(salesforce, salesforce.renewalSource);
  const clock = { now, timeZone: salesforce.timeZone };
  const { end, needed } = source;
  const { from } = await resolveComing('1d', clock, '');
  const first = end.description.type === 'date' ? day(from) : ((await momentsAt(clock).first(from)) ?? now);
  const conditions = [soql`${names(end.id)} >= ${first}`, ...(needed ? [needed.holds] : [])];
  const found = await readRenewals(salesforce, source, { accountIds: [accountId], conditions, most: MAX_SHOWN });
  return found.get(accountId)?.renewals ?? [];
}

type Source = Awaited<ReturnType<typeof sourceOf>>;

async function readRenewals(
  salesforce: Salesforce,
  { object, end, account, needed }: Source,
  { accountIds, conditions, most }: { accountIds: readonly string[]; conditions: readonly Soql[]; most: number },
): Promise<Map<string, { renewals: Renewal[] }>> {
  const found = new Map<string, { renewals: Renewal[] }>();
  if (accountIds.length === 0) return found;
  const has = (name: string | undefined) => object.fields.some(field => field.name === name);
  const nameField = nameFieldOf(object.name) ?? object.fields.find(field => field.nameField)?.name;
  const isNamed = nameField !== undefined && has(nameField) && object.name !== 'Account';
  const stateField = ['Status', 'StageName'].find(has);
  const amountFields = has(needed?.amount) ? [needed?.amount, currencyField].filter(has) : [];
  const fields = ['Id', account, end.id, stateField, ...(isNamed ? [nameField] : []), ...amountFields];
  const selected = [...new Set(fields.filter(field => field !== undefined))];
  if (amountFields.length > 0) await salesforce.currencies();
  const records = await salesforce.query(
    soql`SELECT ${names(...selected)} FROM ${names(object.name)} WHERE ${allOf([soql`${names(account)} IN ${accountIds}`, ...conditions])} ORDER BY ${names(end.id)}, Id LIMIT ${most}`,
  );
  for (const record of records) {
    const [recordId, endsOn, accountId] = [record.Id, record[end.id], record[account]];
    if (typeof recordId !== 'string' || typeof endsOn !== 'string' || typeof accountId !== 'string') continue;
    const { renewals } = found.get(accountId) ?? { renewals: [] };
    if (renewals.length >= MAX_SHOWN) continue;
    const name = isNamed ? valueAt(record, nameField) : undefined;
    const status = stateField === undefined ? undefined : record[stateField];
    const renewal = {
      recordId,
      // A bare number is taken for that of a case.
      ...(typeof name === 'string' && { name: nameField === 'Name' ? name : `${object.label} ${name}` }),
      ...(object.name !== 'Account' && { kind: object.label }),
      ...(typeof status === 'string' && { status }),
      endsOn: endsOn.slice(0, 10),
    };
    const worth = needed?.amount === undefined ? {} : worthOf(record, needed.amount, salesforce);
    found.set(accountId, { renewals: [...renewals, { ...renewal, ...worth }] });
  }
  return found;
}

function worthOf(
  record: SalesforceRecord,
  field: string,
  salesforce: Salesforce,
): Pick<Renewal, 'amount' | 'currency'> {
  const [amount, code] = [record[field], record[currencyField]];
  if (typeof amount !== 'number') return {};
  const currency = typeof code === 'string' ? code : salesforce.soleCurrency();
  return { amount, ...(currency !== undefined && { currency }) };
}

/** What the setting names, as the user of the call sees it. */
async function sourceOf(salesforce: Salesforce, { objectType, field, by }: RenewalSource) {
  const object = await salesforce.describe(objectType).catch((error: unknown) => {
    throw error instanceof Failure && error.code === 'not_found' ? notThere(objectType) : error;
  });
  const end = recordFields(object).find(({ id }) => id.toLowerCase() === field.toLowerCase());
  if (!end || !['date', 'datetime'].includes(end.description.type)) {
    await requireOpen(salesforce, object.name, field);
    throw notThere(`a date field ${field} of ${object.name}`);
  }
  const lookups = object.fields.filter(({ referenceTo }) => referenceTo.includes('Account')).map(({ name }) => name);
  const [only, ...others] = lookups;
  const account =
    object.name === 'Account'
      ? 'Id'
      : by === undefined
        ? (['AccountId', 'Account__c'].find(name => lookups.includes(name)) ?? (others.length === 0 ? only : undefined))
        : lookups.find(name => name.toLowerCase() === by.toLowerCase());
  if (account === undefined) {
    await requireOpen(salesforce, object.name, by ?? (object.name.endsWith('__c') ? 'Account__c' : 'AccountId'));
    throw notThere(`the one lookup${by ? ` ${by}` : ''} of ${object.name} that leads to its account`);
  }
  const kind = inForce[object.name];
  const needed = kind && object.fields.some(({ name }) => name === kind.field) ? kind : undefined;
  return { object, end, account, needed };
}

/** A field that a policy closes is no fault of the setting. @throws Failure `forbidden` where one does */
async function requireOpen(salesforce: Salesforce, objectType: string, field: string): Promise<void> {
  try {
    await salesforce.query(soql`SELECT ${names(field)} FROM ${names(objectType)} LIMIT 1`);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'forbidden') throw error;
  }
}

function notThere(what: string): Failure {
  return new Failure(
    'misconfigured',
    `What ends of an account cannot be told: SALESFORCE_RENEWALS leads to ${what}, which is not there or not shown to the user that this service runs as. An administrator must correct the setting, such as Contract.EndDate.`,
  );
}
