import { Failure, type FieldError, invalidInput } from '../../../../shared/failure.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import { quoted } from '../../../../shared/text.ts';
import { isHidden } from '../answerFailure.ts';
import { isIdOf, isSameRecord, longRecordId } from '../recordId.ts';
import type { Salesforce } from '../salesforce.ts';
import { anyOf, containing, soql } from '../soql.ts';
import { withVisibleFields } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';
import { textAt } from './namedRecord.ts';

interface Person {
  id: string;
  kind: 'contact' | 'lead';
  name: string;
  email: string | undefined;
  /** Of a contact the account, of a lead the company. */
  company: string | undefined;
}

interface Wanted {
  campaignId: string;
  people: readonly string[];
  status: string | undefined;
}

const MAX_PEOPLE = 100;
const MAX_FOUND = 1000;
const MAX_CHOICES = 5;
/** So many of those who are not found are looked for by a part of their names. */
const MAX_NEAR = 5;

const folded = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase();

/**
 * Adds people to a campaign, all of them or none, without those who are members already.
 * @throws Failure `invalid_input` for who is not found and for an unknown status, `ambiguous` where several are called so
 */
export async function addMembers(salesforce: Salesforce, { campaignId, people: given, status: wanted }: Wanted) {
  if (given.length > MAX_PEOPLE) {
    throw invalidInput([{ field: 'people', message: `At most ${MAX_PEOPLE} can be added at a time.` }]);
  }
  const [{ people, accounts }, { status, isDefault }] = await Promise.all([
    findPeople(salesforce, given),
    statusOf(salesforce, campaignId, wanted),
  ]);
  const members = await membersOf(salesforce, campaignId, people);
  const memberOf = ({ id }: Person) =>
    members.find(member =>
      [member.ContactId, member.LeadId].some(each => typeof each === 'string' && isSameRecord(each, id)),
    );
  const added = people.filter(person => !memberOf(person));
  if (added.length > 0) {
    await salesforce.writeTogether(
      added.map(({ id, kind, name }, at) => ({
        objectType: 'CampaignMember',
        reference: `member${at}`,
        called: name,
        values: {
          CampaignId: campaignId,
          [kind === 'contact' ? 'ContactId' : 'LeadId']: id,
          ...(!isDefault && { Status: status }),
        },
      })),
    );
  }
  return {
    status,
    accounts,
    added: added.map(labelOf),
    already: people.flatMap(person => {
      const member = memberOf(person);
      return member ? [`${labelOf(person)}: ${textAt(member, 'Status') ?? 'without a status'}`] : [];
    }),
  };
}

const labelOf = ({ name, kind, company }: Person) => `${name} (${[kind, company].filter(Boolean).join(', ')})`;

async function statusOf(salesforce: Salesforce, campaignId: string, wanted: string | undefined) {
  const all = await salesforce.query(
    soql`SELECT Label, IsDefault FROM CampaignMemberStatus WHERE CampaignId = ${campaignId} ORDER BY SortOrder LIMIT 100`,
  );
  const labels = all.flatMap(record => textAt(record, 'Label') ?? []);
  const usual = all.find(({ IsDefault }) => IsDefault === true);
  const status = wanted === undefined ? undefined : labels.find(label => folded(label) === folded(wanted));
  if (wanted !== undefined && status === undefined) {
    const near = nearNames(wanted, labels);
    const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
    const message = `The campaign has no status ${quoted(wanted)}. It has ${labels.join(', ')}.${hint} Nobody was added.`;
    throw invalidInput([{ field: 'status', message }]);
  }
  const isDefault = status === undefined || status === (usual && textAt(usual, 'Label'));
  return { status: status ?? (usual && textAt(usual, 'Label')), isDefault };
}

function membersOf(salesforce: Salesforce, campaignId: string, people: readonly Person[]) {
  const ids = people.map(({ id }) => id);
  return salesforce.query(
    soql`SELECT Id, ContactId, LeadId, Status FROM CampaignMember WHERE CampaignId = ${campaignId} AND (ContactId IN ${ids} OR LeadId IN ${ids}) LIMIT ${MAX_FOUND}`,
  );
}

/** People by what they are called, and all contacts of the accounts that are called so. */
async function findPeople(
  salesforce: Salesforce,
  given: readonly string[],
): Promise<{ people: Person[]; accounts: string[] }> {
  const ids = given.filter(text => isIdOf(['Contact', 'Lead'], text)).map(longRecordId);
  const condition = anyOf([
    soql`Name IN ${given}`,
    soql`Email IN ${given}`,
    ...(ids.length > 0 ? [soql`Id IN ${ids}`] : []),
  ]);
  const all = await query(salesforce, condition, MAX_FOUND);
  const errors: FieldError[] = [];
  const missing: string[] = [];
  let several = false;
  const found = given.flatMap(text => {
    const meant = all.filter(
      ({ id, name, email }) =>
        isSameRecord(id, text) || folded(name) === folded(text) || folded(email ?? '') === folded(text),
    );
    const [only, ...others] = meant;
    if (only && others.length === 0) return [only];
    if (only) {
      several = true;
      const message = `${quoted(text)} may mean several: ${choicesOf(meant)}. Ask the user which one, and give the ID.`;
      errors.push({ field: 'people', message });
    } else missing.push(text);
    return [];
  });
  const ofAccounts = missing.length > 0 ? await contactsOf(salesforce, missing) : [];
  found.push(...ofAccounts.flatMap(({ people }) => people));
  const left = missing.filter(text => !ofAccounts.some(each => each.given === text));
  errors.push(...(await whoMissing(salesforce, left)));
  if (new Set(found.map(({ id }) => id)).size > MAX_PEOPLE) {
    errors.push({
      field: 'people',
      message: `Together they are more than the ${MAX_PEOPLE} that can be added at a time.`,
    });
  }
  if (errors.length > 0) {
    const last = errors.length - 1;
    const told = errors.map((each, at) =>
      at === last ? { ...each, message: `${each.message} Nobody was added.` } : each,
    );
    const failure = invalidInput(told);
    throw several ? new Failure('ambiguous', failure.message, { errors: told }) : failure;
  }
  return {
    people: [...new Map(found.map(person => [person.id, person])).values()],
    accounts: ofAccounts.map(({ name, people }) => `${name} stands for its ${people.length} contacts`),
  };
}

/** The contacts of each account that is called so, or has that ID, where it has some. Two requests at most. */
async function contactsOf(salesforce: Salesforce, texts: readonly string[]) {
  const ids = texts.filter(text => isIdOf(['Account'], text)).map(longRecordId);
  const condition = anyOf([soql`Name IN ${texts}`, ...(ids.length > 0 ? [soql`Id IN ${ids}`] : [])]);
  const accounts = await salesforce
    .query(soql`SELECT Id, Name FROM Account WHERE ${condition} ORDER BY Id LIMIT ${MAX_PEOPLE}`)
    .catch((error: unknown) => {
      // Who may see no accounts means none.
      if (error instanceof Failure && isHidden(error)) return [];
      throw error;
    });
  const called = texts.flatMap(text => {
    const [only, ...others] = accounts.filter(
      ({ Id, Name }) => folded(String(Name)) === folded(text) || isSameRecord(String(Id), text),
    );
    return only && others.length === 0 ? [{ given: text, id: String(only.Id), name: String(only.Name) }] : [];
  });
  if (called.length === 0) return [];
  const contacts = await withVisibleFields(salesforce, { Contact: ['Id', 'Name', 'Email', 'AccountId'] }, select =>
    salesforce.query(
      soql`SELECT ${select('Contact')} FROM Contact WHERE AccountId IN ${called.map(({ id }) => id)} ORDER BY Name, Id LIMIT ${MAX_FOUND}`,
    ),
  );
  return called.flatMap(({ given, id, name }) => {
    const people = contacts.flatMap((record): Person[] => {
      const contactId = textAt(record, 'Id');
      if (contactId === undefined || textAt(record, 'AccountId') !== id) return [];
      const own = { name: textAt(record, 'Name') ?? contactId, email: textAt(record, 'Email') };
      return [{ id: contactId, kind: 'contact', ...own, company: name }];
    });
    return people.length > 0 ? [{ given, name, people }] : [];
  });
}

const choicesOf = (people: readonly Person[]) =>
  people
    .slice(0, MAX_CHOICES)
    .map(({ name, kind, id, company, email }) => `${name} (${[kind, id, company, email].filter(Boolean).join(', ')})`)
    .join('; ');

/** Who may be meant by those that are not found. */
async function whoMissing(salesforce: Salesforce, missing: readonly string[]): Promise<FieldError[]> {
  const sought = missing.filter(text => !text.includes('@')).slice(0, MAX_NEAR);
  const near =
    sought.length > 0
      ? await query(salesforce, anyOf(sought.map(text => soql`Name LIKE ${containing(text)}`)), MAX_FOUND)
      : [];
  return missing.map(text => {
    const alike = near.filter(({ name }) => sought.includes(text) && folded(name).includes(folded(text)));
    const hint = alike.length > 0 ? ` Did you mean ${choicesOf(alike)}?` : '';
    return {
      field: 'people',
      message: `${quoted(text)} is no contact and no open lead that this service may see.${hint}`,
    };
  });
}

/** Contacts, and leads that were not converted, of which the contact is the one to add. */
async function query(salesforce: Salesforce, condition: ReturnType<typeof soql>, most: number): Promise<Person[]> {
  const [contacts, leads] = await withVisibleFields(
    salesforce,
    { Contact: ['Id', 'Name', 'Email', 'Account.Name'], Lead: ['Id', 'Name', 'Email', 'Company'] },
    select =>
      salesforce.queryTogether([
        soql`SELECT ${select('Contact')} FROM Contact WHERE ${condition} ORDER BY Name, Id LIMIT ${most}`,
        soql`SELECT ${select('Lead')} FROM Lead WHERE IsConverted = FALSE AND ${condition} ORDER BY Name, Id LIMIT ${most}`,
      ]),
  );
  // Who may see only one of the two kinds adds those.
  if (contacts instanceof Failure && leads instanceof Failure) throw contacts;
  for (const part of [contacts, leads]) if (part instanceof Failure && !isHidden(part)) throw part;
  const of = (records: SalesforceRecord[] | Failure | undefined, kind: Person['kind'], company: string): Person[] =>
    (records instanceof Failure ? [] : (records ?? [])).flatMap(record => {
      const [id, name] = [textAt(record, 'Id'), textAt(record, 'Name')];
      if (id === undefined) return [];
      return [{ id, kind, name: name ?? id, email: textAt(record, 'Email'), company: textAt(record, company) }];
    });
  return [...of(contacts, 'contact', 'Account.Name'), ...of(leads, 'lead', 'Company')];
}
