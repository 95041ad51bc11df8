import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { isRecordId, longRecordId, objectOfId } from './recordId.ts';
import type { Salesforce } from './salesforce.ts';
import { containing, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';
import type { SalesforceRecord } from './wire.ts';

/** The most accounts that a message offers. */
const MAX_CHOICES = 10;

/**
 * The ID of the account that a text means: its ID, its name, or a part of the name of one account alone. A name takes one
 * request, an ID none.
 * @param input the name of the input, for what is wrong with it
 * @throws Failure `not_found`; `ambiguous` for what several are called, with their IDs; `invalid_input` for another object's ID
 */
export async function accountMeant(salesforce: Salesforce, text: string, input: string): Promise<string> {
  if (isRecordId(text) && /\d/.test(text)) {
    const objectType = objectOfId(text);
    if (objectType === 'Account') return longRecordId(text);
    if (objectType) {
      const message = `It is the ID of a record of ${objectType}. Give the ID or the name of an account; findAccounts finds it.`;
      throw invalidInput([{ field: input, message }]);
    }
  }
  const found = await withVisibleFields(salesforce, { Account: ['Id', 'Name', 'BillingCity'] }, select =>
    salesforce.queryTogether([
      soql`SELECT ${select('Account')} FROM Account WHERE Name = ${text} ORDER BY Id LIMIT ${MAX_CHOICES}`,
      soql`SELECT ${select('Account')} FROM Account WHERE Name LIKE ${containing(text)} ORDER BY Id LIMIT ${MAX_CHOICES}`,
    ]),
  );
  const [exact = [], near = []] = found.map(answer => {
    if (answer instanceof Failure) throw answer;
    return answer;
  });
  const spelled = exact.filter(({ Name: name }) => name === text);
  const named = spelled.length > 0 ? spelled : exact.length > 0 ? exact : near;
  const [only, ...others] = named;
  if (!only) {
    throw new Failure(
      'not_found',
      `There is no account ${quoted(text)} that this service may see. Find it with findAccounts, by a part of its name.`,
    );
  }
  if (others.length === 0) return String(only.Id);
  const rest = named.length >= MAX_CHOICES ? ', and others that findAccounts finds' : '';
  const message = `${quoted(text)} may mean each of these: ${named.map(choice).join('; ')}${rest}. Ask the user which one is meant, and give its ID.`;
  throw new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
}

/** `Contoso (001…, Seattle)` */
function choice({ Id: id, Name: name, BillingCity: city }: SalesforceRecord): string {
  const details = [id, city].filter(value => typeof value === 'string').join(', ');
  return `${typeof name === 'string' ? name : 'An account'} (${details})`;
}
