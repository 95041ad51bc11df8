import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { adfToWiki } from './adf/adfToWiki.ts';
import type { AdfDocument } from './adf/document.ts';

/** The longest text that a field of Jira's takes: https://support.atlassian.com/jira/kb/character-limit-for-text-fields/ */
const MAX_TEXT = 32_767;

const node = z.object({
  type: z.string(),
  text: z.string().exactOptional(),
  attrs: z.record(z.string(), z.unknown()).exactOptional(),
  marks: z
    .array(z.object({ type: z.string(), attrs: z.record(z.string(), z.unknown()).exactOptional() }))
    .exactOptional(),
  get content(): z.ZodExactOptional<z.ZodArray<typeof node>> {
    return z.array(node).exactOptional();
  },
});

/** A document in the Atlassian Document Format, whatever its nodes are. */
export const documentSchema = z.object({ type: z.literal('doc'), content: z.array(node) });

/**
 * A document as the wiki markup that the service desk's routes take.
 * @param input The input that it was given in.
 * @throws Failure `invalid_input` where that is longer than Jira takes: markup is longer than the text that people write
 */
export function wikiText(document: Pick<AdfDocument, 'content'>, input: string): string {
  const text = adfToWiki(document);
  if (text.length <= MAX_TEXT) return text;
  const message = `A service desk takes it in Jira's wiki markup, in which it has ${text.length} characters, of at most ${MAX_TEXT}. Nothing was written. Shorten it, or divide it into several.`;
  throw invalidInput([{ field: input, message }]);
}
