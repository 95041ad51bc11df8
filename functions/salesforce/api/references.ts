import { Failure, type FieldError, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import type { FieldValues, Named } from './fieldValues.ts';
import { nameFieldOf } from './objectNames.ts';
import { findOwners, type Owner, ownerChoice } from './owners.ts';
import { valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { containing, names, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';
import type { ObjectDescription } from './wire.ts';

/** What tells records of one name apart, by object. */
const tellingField: Readonly<Record<string, string>> = {
  Account: 'BillingCity',
  Contact: 'Account.Name',
  Lead: 'Company',
  Opportunity: 'Account.Name',
  Case: 'Subject',
};

const MAX_CHOICES = 6;

/** A record that a name may mean. */
interface Candidate {
  id: string;
  name: string;
  /** As it is offered as a choice: `Contoso (001…, Seattle)`. */
  choice: string;
}

/**
 * The values of a write, with the IDs of the records that lookups were given by name.
 * @throws Failure `invalid_input` where a name means no record, and `ambiguous` where it means several
 */
export async function withReferences(
  salesforce: Salesforce,
  object: ObjectDescription,
  { values, named }: FieldValues,
): Promise<Record<string, unknown>> {
  const found = await Promise.all(named.map(each => recordNamed(salesforce, object, each)));
  const errors = found.flatMap(({ error }) => error ?? []);
  if (errors.length > 0) throw invalidInput(errors);
  return { ...values, ...Object.fromEntries(found.map(({ field, id }) => [field, id])) };
}

async function recordNamed(
  salesforce: Salesforce,
  object: ObjectDescription,
  reference: Named,
): Promise<{ field: string; id?: string; error?: FieldError }> {
  const { given, field, name } = reference;
  const groups = await Promise.all(
    field.referenceTo.map(target => candidatesFor(salesforce, object, target, reference)),
  );
  const exact = groups.flatMap(group => group.exact);
  const [only, ...others] = exact;
  if (only && others.length === 0) return { field: field.name, id: only.id };
  const targets = field.referenceTo.join(' or ') || 'record';
  if (only) {
    const choices = exact.map(({ choice }) => choice).join('; ');
    throw new Failure(
      'ambiguous',
      `${given}: several records have the name ${quoted(name)}: ${choices}. Nothing was saved. Ask the user which one, and give its ID.`,
    );
  }
  const near = groups.flatMap(group => group.near).slice(0, MAX_CHOICES);
  const hint = near.length > 0 ? `Did you mean ${near.map(({ choice }) => choice).join('; ')}?` : 'Find it first.';
  const refused = groups.flatMap(({ remark }) => remark ?? []);
  const message = [`There is no ${targets} with the ID or the name ${quoted(name)}.`, ...refused, hint].join(' ');
  return { field: field.name, error: { field: given, message } };
}

interface Candidates {
  exact: Candidate[];
  /** Those that have the name in their own, where none is exactly so. */
  near: Candidate[];
  /** Why one that was found is none to choose. */
  remark?: string | undefined;
}

async function candidatesFor(
  salesforce: Salesforce,
  object: ObjectDescription,
  target: string,
  { field, name }: Named,
): Promise<Candidates> {
  if (target === 'RecordType') return recordTypes(object, name);
  if (target === 'User' || target === 'Group') {
    const owners = await findOwners(salesforce, name, [target === 'User' ? 'user' : 'queue']);
    const able = field.name === 'OwnerId' ? owners.filter(({ isActive }) => isActive) : owners;
    const [left] = owners.filter(owner => !able.includes(owner) && owner.isExact);
    return {
      exact: able.filter(({ isExact }) => isExact).map(fromOwner),
      near: able.filter(({ isExact }) => !isExact).map(fromOwner),
      ...(left && { remark: `${left.name} is inactive and cannot own records.` }),
    };
  }
  return namedRecords(salesforce, target, name);
}

const fromOwner = (owner: Owner): Candidate => ({ id: owner.id, name: owner.name, choice: ownerChoice(owner) });

function recordTypes({ recordTypeInfos }: ObjectDescription, name: string): Candidates {
  const sought = name.toLowerCase();
  const open = recordTypeInfos.filter(({ active, available }) => active && available);
  const toCandidate = (type: (typeof open)[number]): Candidate => ({
    id: type.recordTypeId,
    name: type.name,
    choice: `${type.name} (${[type.developerName, type.recordTypeId].filter(Boolean).join(', ')})`,
  });
  const byDeveloperName = open.filter(type => type.developerName?.toLowerCase() === sought);
  const exact = open.filter(type => type.name.toLowerCase() === sought);
  return {
    exact: (exact.length > 0 ? exact : byDeveloperName).map(toCandidate),
    near: open.map(toCandidate),
  };
}

async function namedRecords(salesforce: Salesforce, target: string, name: string): Promise<Candidates> {
  const nameField =
    nameFieldOf(target) ?? (await salesforce.describe(target)).fields.find(field => field.nameField)?.name ?? 'Name';
  const telling = tellingField[target];
  const fields = ['Id', nameField, ...(telling && telling !== nameField ? [telling] : [])];
  const find = (condition: ReturnType<typeof soql>) =>
    withVisibleFields(salesforce, { [target]: fields }, select =>
      salesforce.query(
        soql`SELECT ${select(target)} FROM ${names(target)} WHERE ${condition} ORDER BY ${names(nameField)}, Id LIMIT ${MAX_CHOICES}`,
      ),
    );
  const column = names(nameField);
  const exact = await find(soql`${column} = ${name}`);
  const near = exact.length > 0 ? [] : await find(soql`${column} LIKE ${containing(name)}`);
  const toCandidate = (record: Record<string, unknown>): Candidate[] => {
    const { Id: id, [nameField]: own } = record;
    if (typeof id !== 'string') return [];
    const label = typeof own === 'string' ? own : id;
    const detail = telling ? valueAt(record, telling) : undefined;
    return [{ id, name: label, choice: `${label} (${[id, detail].filter(Boolean).join(', ')})` }];
  };
  return { exact: exact.flatMap(toCandidate), near: near.flatMap(toCandidate) };
}
