import type { Salesforce } from '../salesforce.ts';
import { allOf, type Soql, soql } from '../soql.ts';

/** What may be missing of a case that is no field of it. */
const words: ReadonlyMap<string, 'comment' | 'answer'> = new Map([
  ['comment', 'comment'],
  ['comments', 'comment'],
  ['answer', 'answer'],
  ['answers', 'answer'],
  ['reply', 'answer'],
  ['response', 'answer'],
]);

/** The labels of a `missing` that are fields, and what else is to be missing. */
export function withoutAnswers(labels: readonly string[]) {
  const ofCase = labels.map(label => words.get(label.trim().toLowerCase()));
  return {
    fields: labels.filter((_, at) => ofCase[at] === undefined),
    // A case without any comment has no public one either, so that with both only e-mails are left to look at.
    what: [...new Set(ofCase.filter(each => each !== undefined))],
  };
}

/**
 * The condition for cases that nobody has commented on, or that the customer got no answer to: neither a comment that they can
 * read nor an e-mail. Salesforce takes two such sub-queries in one statement, which is what both take together.
 */
export async function lacking(
  salesforce: Salesforce,
  what: readonly ('comment' | 'answer')[],
): Promise<{ condition: Soql; remark: string } | undefined> {
  if (what.length === 0) return undefined;
  const isAnswer = what.includes('answer');
  const hasMail = isAnswer && (await salesforce.describeAll()).some(({ name }) => name === 'EmailMessage');
  const comments = what.includes('comment')
    ? soql`Id NOT IN (SELECT ParentId FROM CaseComment)`
    : soql`Id NOT IN (SELECT ParentId FROM CaseComment WHERE IsPublished = TRUE)`;
  // A draft was not sent.
  const mails = soql`Id NOT IN (SELECT ParentId FROM EmailMessage WHERE Incoming = FALSE AND Status != '5')`;
  return {
    condition: hasMail ? allOf([comments, mails]) : comments,
    remark: isAnswer
      ? `Unanswered means without a public comment${hasMail ? ' and without an e-mail to the customer' : ''}.`
      : 'Without a comment of anybody, public or internal; for those without an answer to the customer give missing "answer".',
  };
}
