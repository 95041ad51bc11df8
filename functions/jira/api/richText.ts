import { Failure } from '../../../shared/failure.ts';
import type { AdfDocument } from './adf/markdownToAdf.ts';
import type { People } from './people.ts';

/** The document, as a type that also has room for what jira.js does not know of it. */
type RichText = Pick<AdfDocument, keyof AdfDocument>;

/** Each mention is a request. */
const MAX_MENTIONS = 20;

/** Markdown as Jira stores it. Who is mentioned by e-mail address (`@ana@example.com`) and known to Jira is told of it. */
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
