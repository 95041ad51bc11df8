import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { isHidden } from '../answerFailure.ts';
import { valueAt } from '../recordValues.ts';
import type { Salesforce } from '../salesforce.ts';
import { soql } from '../soql.ts';
import { withVisibleFields } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';
import { findCase, noCase } from './caseMeant.ts';
import type { CaseKey } from './inputs.ts';

/** What an e-mail about a case is made of. */
export interface CaseMail {
  caseId: string;
  number: string | undefined;
  subject: string | undefined;
  account: string | undefined;
  /** Whom the case is from, with the address that an answer goes to. */
  customer: { name: string | undefined; address: string } | undefined;
  /** The org's address to which the customer wrote last; undefined where that is none of the org's. */
  from: string | undefined;
  /** Whom else the last e-mail of the customer was from or to, without the org's own addresses. */
  others: string[];
  /** Changes with what the e-mail depends on. */
  version: string;
}

const fields = {
  Case: ['Id', 'CaseNumber', 'Subject', 'Status', 'SuppliedEmail', 'SuppliedName', 'Account.Name'].concat([
    'Contact.Name',
    'Contact.Email',
  ]),
  EmailMessage: ['Id', 'FromAddress', 'ToAddress', 'CcAddress'],
  OrgWideEmailAddress: ['Id', 'Address'],
};

/** More addresses an org hardly has. */
const MAX_ADDRESSES = 200;

/** A case as its e-mails need it. One request, and one more for a case that is named by its number. @throws Failure `not_found` */
export async function caseMail(salesforce: Salesforce, key: CaseKey): Promise<CaseMail> {
  const caseId = 'id' in key ? key.id : (await findCase(salesforce, key)).id;
  const [cases, mails, addresses] = await withVisibleFields(salesforce, fields, select =>
    salesforce.queryTogether([
      soql`SELECT ${select('Case')} FROM Case WHERE Id = ${caseId}`,
      soql`SELECT ${select('EmailMessage')} FROM EmailMessage WHERE ParentId = ${caseId} AND Incoming = TRUE ORDER BY MessageDate DESC NULLS LAST, Id DESC LIMIT 1`,
      soql`SELECT ${select('OrgWideEmailAddress')} FROM OrgWideEmailAddress ORDER BY Address, Id LIMIT ${MAX_ADDRESSES}`,
    ]),
  );
  if (cases instanceof Failure) throw cases;
  const [record] = cases ?? [];
  if (!record) throw noCase(key);
  const [last] = seen(mails);
  const wroteTo = [last?.ToAddress, last?.CcAddress].map(textIn).join(',').toLowerCase();
  const own = seen(addresses).flatMap(({ Address }) => textIn(Address) ?? []);
  const from = own.find(address => addressesIn(wroteTo).includes(address.toLowerCase()));
  // Where it was to none of the org's known addresses, one that it was to may be the org's all the same.
  const [lastFrom, lastTo, lastCc] = [last?.FromAddress, last?.ToAddress, last?.CcAddress].map(textIn);
  const inLast = addressesIn([lastFrom, from ? lastTo : undefined, lastCc].join(',')).filter(each =>
    address.test(each),
  );
  const [contact, supplied] = [textIn(valueAt(record, 'Contact.Email')), textIn(record.SuppliedEmail)];
  const answersTo = contact ?? supplied;
  const name = contact ? textIn(valueAt(record, 'Contact.Name')) : textIn(record.SuppliedName);
  return {
    caseId,
    number: textIn(record.CaseNumber),
    subject: textIn(record.Subject),
    account: textIn(valueAt(record, 'Account.Name')),
    customer: answersTo === undefined ? undefined : { name, address: answersTo },
    from,
    others: without(inLast, [...own, ...(answersTo === undefined ? [] : [answersTo])]),
    version: JSON.stringify([record.Status, contact, supplied]),
  };
}

const textIn = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);

/** The records of a part; none where the org or the user does not have it. */
function seen(records: SalesforceRecord[] | Failure | undefined): SalesforceRecord[] {
  if (!(records instanceof Failure)) return records ?? [];
  if (isHidden(records)) return [];
  throw records;
}

/** An address as people write it, with or without a name. */
const address = /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,255}$/;

/** The addresses of a list that is separated by commas or semicolons; `Ana Ruiz <ana@example.com>` has one. */
function addressesIn(text: string): string[] {
  return text.split(/[,;]/).flatMap(part => {
    const given = part
      .slice(part.lastIndexOf('<') + 1)
      .replace('>', '')
      .trim();
    return given === '' ? [] : [given];
  });
}

const MAX_RECIPIENTS = 10;

/** Addresses, each once, without others. */
export function without(addresses: readonly string[], others: readonly string[]): string[] {
  const left = new Set(others.map(each => each.toLowerCase()));
  return [...new Map(addresses.map(each => [each.toLowerCase(), each])).entries()].flatMap(([key, each]) =>
    left.has(key) ? [] : [each],
  );
}

/** Who gets an e-mail: `cc` in copy. @throws Failure `invalid_input` of the inputs `to` and `cc` */
export function recipientsOf(
  { to, cc }: { to?: string | undefined; cc?: string | undefined },
  { customer, number, caseId }: CaseMail,
): { to: string[]; cc: string[] } {
  const refused = (field: string, message: string) => invalidInput([{ field, message }]);
  const listed = (field: string, text: string) => {
    const given = addressesIn(text);
    const wrong = given.find(each => !address.test(each));
    if (wrong !== undefined || given.length === 0) {
      throw refused(field, 'It must be e-mail addresses, separated by commas.');
    }
    if (given.length > MAX_RECIPIENTS) throw refused(field, `It must be at most ${MAX_RECIPIENTS} addresses.`);
    return without(given, []);
  };
  if (to === undefined && !customer) {
    throw refused(
      'to',
      `The case ${number ?? caseId} has no e-mail address of a contact. Ask the user to whom it goes.`,
    );
  }
  const recipients = to === undefined ? [customer?.address ?? ''] : listed('to', to);
  return { to: recipients, cc: cc === undefined ? [] : without(listed('cc', cc), recipients) };
}
