import { Failure } from '../../../shared/failure.ts';
import type { AdfDocument } from './adf/document.ts';
import type { People } from './people.ts';

/** The document as a type alias, which jira.js's types accept and an interface they do not. */
type RichText = Pick<AdfDocument, keyof AdfDocument>;

/** Each mention costs a request. */
const MAX_MENTIONS = 20;

/** Markdown as an Atlassian document. People mentioned by e-mail address (`@ana@example.com`) become mentions where Jira knows them. */
export async function toRichText(markdown: string, people: People): Promise<RichText> {
  const { markdownToAdf, mentionsIn } = await import('./adf/markdownToAdf.ts');
  const emails = mentionsIn(markdown);
  if (emails.length > MAX_MENTIONS) {
    throw new Failure('invalid_input', `The text mentions more than ${MAX_MENTIONS} people. Mention fewer.`);
  }
  const mentioned = new Map<string, { id: string; text: string }>();
  await Promise.all(
    emails.map(async email => {
      const person = await people.findByEmail(email);
      if (person) mentioned.set(email, { id: person.accountId, text: person.displayName ?? email });
    }),
  );
  return markdownToAdf(markdown, { mention: email => mentioned.get(email) });
}
