import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { isHidden } from '../../salesforce/api/answerFailure.ts';
import { isRecordId, longRecordId, objectOfId } from '../../salesforce/api/recordId.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { containing, names, type Soql, soql } from '../../salesforce/api/soql.ts';
import { withVisibleFields } from '../../salesforce/api/visibleFields.ts';
import { fields, type Linkable, type LinkableType, linkableTypes, titleOf, toLinkable } from './linkable.ts';

/** A case by its number, an account or an opportunity by its name, and any of them by its ID. */
export const recordText = z.string().trim().min(1, 'It must not be blank.').max(255).meta({
  description:
    'A case by its number, such as 00001026, an account or an opportunity by its name, or any of them by its ID.',
  mayMatchSeveral: true,
});

/** The most records of a kind that a message offers. */
const MAX_CHOICES = 6;
/** Longer ones are numbers of nothing. */
const caseNumber = /^(?:case\s{1,3})?#?\s{0,3}(\d{1,30})$/i;

interface Sought {
  objectType: LinkableType;
  condition: Soql;
}

interface Meaning {
  /** The name of the input, for what is wrong with it. */
  input: string;
  /** True where the one account that has the text in its name is meant by it, too: for reads, whose answer tells which it was. */
  takesPart?: boolean;
}

/**
 * The record that a text means, in one request.
 * @throws Failure `not_found`, `ambiguous` for what several are called, `invalid_input` for the ID of something else
 */
export async function recordMeant(salesforce: Salesforce, text: string, meaning: Meaning): Promise<Linkable> {
  const { input, takesPart = false } = meaning;
  const [exact, near] = await lookUp(salesforce, soughtBy(text, input));
  const spelled = exact.filter(({ label }) => label.endsWith(` ${text}`));
  const [only, ...others] = spelled.length > 0 ? spelled : exact;
  if (only && others.length === 0) return only;
  if (only) throw several(input, text, [only, ...others]);
  const accounts = near.filter(({ objectType }) => objectType === 'Account');
  const [account, ...otherAccounts] = accounts;
  if (takesPart && account && otherAccounts.length === 0) return account;
  if (takesPart && accounts.length > 1) throw several(input, text, accounts);
  const hint =
    near.length > 0
      ? `Did you mean ${near.slice(0, MAX_CHOICES).map(choice).join('; ')}? Give the ID of the one that is meant.`
      : 'Find it with findCases, findAccounts or findOpportunities.';
  throw new Failure(
    'not_found',
    `There is no case, account or opportunity ${quoted(text)} that this service may see. ${hint}`,
  );
}

/** What is called so, and what has the text in its name. */
function soughtBy(text: string, input: string): { exact: Sought[]; near: Sought[] } {
  if (isRecordId(text) && /\d/.test(text)) {
    const id = longRecordId(text);
    const known = objectOfId(id);
    const objectType = linkableTypes.find(each => each === known);
    if (objectType) return { exact: [{ objectType, condition: soql`Id = ${id}` }], near: [] };
    if (known) {
      const message = `It is the ID of a record of ${known}. Give a case, an account or an opportunity.`;
      throw invalidInput([{ field: input, message }]);
    }
  }
  const number = caseNumber.exec(text)?.[1];
  const named = (['Account', 'Opportunity'] as const).map(objectType => ({
    objectType,
    condition: soql`Name = ${text}`,
  }));
  return {
    exact: [
      // People leave out the leading zeros.
      ...(number
        ? [
            {
              objectType: 'Case' as const,
              condition: soql`CaseNumber IN ${[...new Set([number, number.padStart(8, '0')])]}`,
            },
          ]
        : []),
      ...named,
    ],
    near: number ? [] : named.map(({ objectType }) => ({ objectType, condition: soql`Name LIKE ${containing(text)}` })),
  };
}

async function lookUp(
  salesforce: Salesforce,
  { exact, near }: ReturnType<typeof soughtBy>,
): Promise<[exact: Linkable[], near: Linkable[]]> {
  const all = [...exact, ...near];
  const used = Object.fromEntries(
    linkableTypes.filter(type => all.some(({ objectType }) => objectType === type)).map(type => [type, fields[type]]),
  );
  const answers = await withVisibleFields(salesforce, used, select =>
    salesforce.queryTogether(
      all.map(
        ({ objectType, condition }) =>
          soql`SELECT ${select(objectType)} FROM ${names(objectType)} WHERE ${condition} ORDER BY Id LIMIT ${MAX_CHOICES}`,
      ),
    ),
  );
  const found = answers.map((answer, at) => {
    // Who may not see opportunities has none.
    if (answer instanceof Failure && !isHidden(answer)) throw answer;
    const objectType = all[at]?.objectType;
    if (answer instanceof Failure || !objectType) return [];
    return answer.map(record => toLinkable(objectType, record, salesforce));
  });
  return [found.slice(0, exact.length).flat(), found.slice(exact.length).flat()];
}

function several(input: string, text: string, all: readonly Linkable[]): Failure {
  const choices = all.slice(0, MAX_CHOICES).map(choice).join('; ');
  const message = `${quoted(text)} may mean each of these: ${choices}. Nothing was done. Ask the user which one is meant, and give its ID.`;
  return new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
}

function choice(record: Linkable): string {
  return `${titleOf(record)} (${record.recordId})`;
}
