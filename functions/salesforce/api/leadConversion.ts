import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { ItemResult, ItemState, Known } from '../../../shared/plan/carryOut.ts';
import type { PlanItem } from '../../../shared/plan/plans.ts';
import { beginning, quoted } from '../../../shared/text.ts';
import { textOf } from '../../../shared/xml.ts';
import { isHidden } from './answerFailure.ts';
import { findingActions } from './findingActions.ts';
import { isIdOf, longRecordId } from './recordId.ts';
import { lookUpAll } from './references.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, anyOf, containing, names, type Soql, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';
import type { ObjectDescription, SalesforceRecord } from './wire.ts';
import { listed } from './writesOfMany.ts';

/** What is needed to convert a lead, as it is kept until it is confirmed. */
export const conversionData = z.object({
  convertedStatus: z.string(),
  accountId: z.string().optional(),
  contactId: z.string().optional(),
  opportunityName: z.string().optional(),
  ownerId: z.string().optional(),
  allowDuplicate: z.boolean(),
});

type PlannedConversion = PlanItem & { data: z.output<typeof conversionData> };

interface Conversion {
  /** An ID or a name, as each of the next. */
  lead: string;
  /** `new` for a new one in any case. */
  account: string | undefined;
  contact: string | undefined;
  /** The name of the new one; `none` for none. */
  opportunity: string | undefined;
  status: string | undefined;
  owner: string | undefined;
  allowDuplicate: boolean;
}

const MAX_CHOICES = 6;
/** Names of opportunities are no longer, in every org. */
export const MAX_OPPORTUNITY_NAME = 120;

/** A record that is there. */
interface Existing {
  id: string;
  name: string;
}

/** What converting a lead would make of it. It changes nothing. @throws Failure for what is unclear or cannot be */
export async function planConversion(
  salesforce: Salesforce,
  { lead: sought, account, contact, opportunity, status, owner, allowDuplicate }: Conversion,
): Promise<{ summary: string; items: PlannedConversion[] }> {
  const lead = await leadMeant(salesforce, sought);
  const name = told(lead.Name);
  if (lead.IsConverted === true) {
    throw new Failure('conflict', `Lead ${quoted(name)} was converted already${resultIn(lead)}.`);
  }
  const company = told(lead.Company);
  const isNone = opportunity?.toLowerCase() === 'none';
  const [accounts, contacts, ...opportunities] = await Promise.all([
    salesforce.describe('Account'),
    salesforce.describe('Contact'),
    ...(isNone ? [] : [salesforce.describe('Opportunity')]),
  ]);
  const [convertedStatus, owned, existing] = await Promise.all([
    statusMeant(salesforce, status),
    ownerMeant(salesforce, lead, owner),
    accountMeant(salesforce, account, company),
  ]);
  const person = await contactMeant(salesforce, contact, lead, existing);
  requireCreateable([...(existing ? [] : [accounts]), ...(person ? [] : [contacts]), ...opportunities]);
  const opportunityName = isNone ? undefined : (opportunity ?? beginning(company || name, MAX_OPPORTUNITY_NAME - 1));
  const becomes = [
    existing ? `joins the account ${quoted(existing.name)}` : `a new account ${quoted(company || name)}`,
    person ? `joins the contact ${quoted(person.name)}` : `a new contact ${quoted(name)}`,
    opportunityName === undefined ? 'no opportunity' : `a new opportunity ${quoted(opportunityName)}`,
  ];
  const key = String(lead.Id);
  return {
    summary: `Lead ${quoted(name)} would be converted by ${salesforce.actor}. This cannot be undone.${isNone ? '' : ` The opportunity gets its stage and close date from Salesforce (${dealDefaults(opportunities)}); updateRecord changes them then.`}`,
    items: [
      {
        key,
        what: `Lead ${quoted(name)}${company ? ` of ${company}` : ''}: ${listed(becomes)}, owned by ${owned.name}. Its status is then ${convertedStatus}.`,
        version: String(lead.LastModifiedDate ?? ''),
        data: {
          convertedStatus,
          allowDuplicate,
          ...(existing && { accountId: existing.id }),
          ...(person && { contactId: person.id }),
          ...(opportunityName !== undefined && { opportunityName }),
          ...(owned.id !== undefined && { ownerId: owned.id }),
        },
      },
    ],
  };
}

/** Salesforce gives the opportunity the first stage that is offered, and the last day of the quarter, unless the org has its own. */
function dealDefaults([object]: readonly ObjectDescription[]): string {
  const first = object?.fields.find(({ name }) => name === 'StageName')?.picklistValues[0];
  return `${first ? `usually ${first.label}, ` : ''}the end of the quarter`;
}

function requireCreateable(objects: readonly ObjectDescription[]): void {
  const closed = objects.find(({ createable }) => !createable);
  if (!closed) return;
  throw new Failure(
    'forbidden',
    `A record of the object ${closed.label} cannot be created through this service: its Salesforce user may not, or its administrator has closed the object.`,
  );
}

/** How the leads are now. One in doubt that is converted is taken for converted by it. @throws Failure */
export async function lookAtConversions(
  salesforce: Salesforce,
  items: readonly PlannedConversion[],
  { isInDoubt }: Known,
): Promise<ItemState[]> {
  const found = await leads(salesforce, soql`Id IN ${items.map(({ key }) => key)}`);
  return items.map(({ key, version }): ItemState => {
    const lead = found.find(({ Id }) => Id === key);
    if (!lead) return { is: 'changed', message: 'It is not there any more.' };
    if (lead.IsConverted === true) {
      return isInDoubt(key)
        ? { is: 'done', message: `Converted${resultIn(lead)}.`, url: urlOf(salesforce, lead) }
        : { is: 'changed', message: `It was converted since the plan was made${resultIn(lead)}.` };
    }
    return { is: String(lead.LastModifiedDate ?? '') === version ? 'asPlanned' : 'changed' };
  });
}

/** Converts the leads, one by one. */
export function convertPlanned(salesforce: Salesforce, items: readonly PlannedConversion[]): Promise<ItemResult[]> {
  return Promise.all(
    items.map(async ({ key, data }): Promise<ItemResult> => {
      try {
        const result = await salesforce.soap({ kind: 'convertLead', leadId: key, ...data });
        const made = {
          ConvertedAccountId: textOf(result, 'accountId'),
          ConvertedContactId: textOf(result, 'contactId'),
          ConvertedOpportunityId: textOf(result, 'opportunityId'),
        };
        return { message: `Converted${resultIn(made)}.`, url: urlOf(salesforce, made) };
      } catch (failure) {
        return { failure };
      }
    }),
  );
}

const told = (value: unknown) => (typeof value === 'string' ? value : '');

const results = [
  ['Opportunity', 'ConvertedOpportunityId'],
  ['Contact', 'ConvertedContactId'],
  ['Account', 'ConvertedAccountId'],
] as const;

/** `: account 001…, contact 003… and opportunity 006…`; nothing where none is known. */
function resultIn(record: SalesforceRecord): string {
  const parts = results.flatMap(([objectType, field]) => {
    const id = told(record[field]);
    return id ? [`${objectType.toLowerCase()} ${id}`] : [];
  });
  return parts.length > 0 ? `: ${listed(parts.toReversed())}` : '';
}

function urlOf(salesforce: Salesforce, record: SalesforceRecord): string | undefined {
  const [first] = results.filter(([, field]) => told(record[field]) !== '');
  return first && salesforce.recordUrl(first[0], told(record[first[1]]));
}

function leads(salesforce: Salesforce, condition: Soql): Promise<SalesforceRecord[]> {
  const fields = ['Id', 'Name', 'Company', 'Email', 'OwnerId', 'Owner.Name', 'IsConverted', 'LastModifiedDate'].concat(
    results.map(([, field]) => field),
  );
  return withVisibleFields(salesforce, { Lead: fields }, select =>
    salesforce.query(
      soql`SELECT ${select('Lead')} FROM Lead WHERE ${condition} ORDER BY IsConverted, CreatedDate DESC LIMIT ${MAX_CHOICES}`,
    ),
  );
}

async function leadMeant(salesforce: Salesforce, text: string): Promise<SalesforceRecord> {
  const isId = isIdOf(['Lead'], text);
  const found = await leads(salesforce, isId ? soql`Id = ${longRecordId(text)}` : soql`Name = ${text}`);
  const open = found.filter(({ IsConverted }) => IsConverted !== true);
  const [only, ...others] = open.length > 0 ? open : found;
  const choice = ({ Id, Name, Company }: SalesforceRecord) =>
    `${told(Name)} (${[Id, Company].filter(Boolean).join(', ')})`;
  if (only && others.length === 0) return only;
  if (only) throw ambiguous('lead', text, [only, ...others].map(choice));
  const near = isId ? [] : await leads(salesforce, soql`Name LIKE ${containing(text)} AND IsConverted = FALSE`);
  const hint = near.length > 0 ? ` Did you mean ${near.map(choice).join('; ')}?` : ' Find it by findLeads.';
  throw new Failure('not_found', `There is no lead ${isId ? text : quoted(text)} that this service may see.${hint}`);
}

function ambiguous(field: string, text: string, choices: readonly string[], orNew = false): Failure {
  const message = `several may be meant by ${quoted(text)}: ${choices.join('; ')}. Ask the user which one, and give its ID${orNew ? `, or ${field}: new` : ''}.`;
  return new Failure('ambiguous', `${field}: ${message}`, { errors: [{ field, message }] });
}

/** The one default of the org for leads that are converted, or the one that is called so. */
async function statusMeant(salesforce: Salesforce, status: string | undefined): Promise<string> {
  const refused = (message: string) => invalidInput([{ field: 'status', message }]);
  const found = await salesforce
    .query(soql`SELECT ApiName, MasterLabel FROM LeadStatus WHERE IsConverted = TRUE ORDER BY SortOrder`)
    .catch((error: unknown) => {
      if (error instanceof Failure && (isHidden(error) || error.code === 'forbidden')) return [];
      throw error;
    });
  const all = found.flatMap(({ ApiName, MasterLabel }) =>
    typeof MasterLabel === 'string' ? [{ value: told(ApiName) || MasterLabel, label: MasterLabel }] : [],
  );
  if (status !== undefined) {
    const sought = status.trim().toLowerCase();
    const same = all.find(({ value, label }) => [value, label].some(each => each.toLowerCase() === sought));
    if (same) return same.value;
    // Where these are hidden from this service, Salesforce knows.
    if (all.length === 0) return status;
    throw refused(`It must be a status of converted leads: ${all.map(({ label }) => label).join(', ')}.`);
  }
  const [only, ...others] = all;
  if (!only) throw refused('Give the status of converted leads, which this service may not look up.');
  if (others.length === 0) return only.value;
  const message = `converted leads have one of several here: ${all.map(({ label }) => label).join(', ')}. Ask the user which.`;
  throw new Failure('ambiguous', `status: ${message}`, { errors: [{ field: 'status', message }] });
}

/** Who is to own what is made: who is named, or who owns the lead. */
async function ownerMeant(
  salesforce: Salesforce,
  lead: SalesforceRecord,
  owner: string | undefined,
): Promise<{ id: string | undefined; name: string }> {
  if (owner === undefined) {
    const own = lead.Owner;
    const name = typeof own === 'object' && own !== null ? told(Reflect.get(own, 'Name')) : '';
    if (!told(lead.OwnerId).startsWith('00G')) return { id: undefined, name: name || "the lead's owner" };
    const message = `The lead is owned by the queue ${name}, and what is made of it must be owned by a person: give owner.`;
    throw invalidInput([{ field: 'owner', message }]);
  }
  const object = await salesforce.describe('Contact');
  const field = object.fields.find(({ name }) => name === 'OwnerId');
  if (!field) throw invalidInput([{ field: 'owner', message: 'It cannot be set through this service.' }]);
  const reference = { given: 'owner', field, sought: { name: owner } };
  const found = (await lookUpAll(salesforce, object, [reference]))(reference);
  if (found instanceof Failure) throw found;
  return found;
}

const isNew = (text: string | undefined) => text?.toLowerCase() === 'new';

/** The account that a lead joins; undefined for a new one. One of the same name is never doubled without a word. */
async function accountMeant(
  salesforce: Salesforce,
  account: string | undefined,
  company: string,
): Promise<Existing | undefined> {
  if (isNew(account) || (account === undefined && company === '')) return undefined;
  const text = account ?? company;
  const isId = account !== undefined && isIdOf(['Account'], account);
  const found = await existing(
    salesforce,
    'Account',
    ['BillingCity'],
    isId ? soql`Id = ${longRecordId(text)}` : soql`Name = ${text}`,
  );
  if (account === undefined) {
    if (found.length === 0) return undefined;
    const message = `there ${found.length === 1 ? 'is an account' : 'are accounts'} of that name already: ${found.map(({ choice }) => choice).join('; ')}. Ask the user whether the lead joins it, and give its ID, or account: new.`;
    throw new Failure('ambiguous', `account: ${message}`, { errors: [{ field: 'account', message }] });
  }
  return sole('account', text, found);
}

/** The contact that a lead joins in an account that is there; undefined for a new one. */
async function contactMeant(
  salesforce: Salesforce,
  contact: string | undefined,
  lead: SalesforceRecord,
  account: Existing | undefined,
): Promise<Existing | undefined> {
  if (isNew(contact)) return undefined;
  if (!account) {
    if (contact === undefined) return undefined;
    throw invalidInput([
      { field: 'contact', message: 'A contact is joined with its account only: give account as well.' },
    ]);
  }
  const isId = contact !== undefined && isIdOf(['Contact'], contact);
  const email = told(lead.Email);
  const alike =
    contact === undefined
      ? anyOf([soql`Name = ${told(lead.Name)}`, ...(email ? [soql`Email = ${email}`] : [])])
      : isId
        ? soql`Id = ${longRecordId(contact)}`
        : soql`Name = ${contact}`;
  const found = await existing(salesforce, 'Contact', ['Email'], allOf([soql`AccountId = ${account.id}`, alike]));
  if (contact !== undefined) return sole('contact', contact, found);
  if (found.length === 0) return undefined;
  throw ambiguous(
    'contact',
    told(lead.Name),
    found.map(({ choice }) => choice),
    true,
  );
}

function sole(field: string, text: string, found: readonly (Existing & { choice: string })[]): Existing {
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  if (only)
    throw ambiguous(
      field,
      text,
      found.map(({ choice }) => choice),
    );
  const message = `There is no ${field} with the ID or the name ${quoted(text)}. Find it first, with ${findingActions([field === 'contact' ? 'Contact' : 'Account'])}, or give ${field}: new.`;
  throw invalidInput([{ field, message }]);
}

async function existing(salesforce: Salesforce, objectType: 'Account' | 'Contact', telling: string[], condition: Soql) {
  const records = await withVisibleFields(salesforce, { [objectType]: ['Id', 'Name', ...telling] }, select =>
    salesforce.query(
      soql`SELECT ${select(objectType)} FROM ${names(objectType)} WHERE ${condition} ORDER BY Name, Id LIMIT ${MAX_CHOICES}`,
    ),
  );
  return records.flatMap(record => {
    const { Id: id, Name: name } = record;
    if (typeof id !== 'string' || typeof name !== 'string') return [];
    const details = telling.map(field => told(record[field])).filter(Boolean);
    return [{ id, name, choice: `${name} (${[id, ...details].join(', ')})` }];
  });
}
