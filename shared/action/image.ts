import * as z from 'zod';
import type { Answer } from './answer.ts';
import { fitting } from './answer.ts';

/** An image that belongs to an answer. */
export interface Image {
  mimeType: string;
  base64: string;
}

/** The outputs of an action whose answers may have an image. */
export const imageOutput = {
  image: z
    .object({
      mimeType: z.string().describe('Its type, such as image/png.'),
      base64: z.string().meta({ description: 'Its bytes, in base64.', whole: true, machine: true }),
    })
    .optional()
    .describe('The image, where it has room in an answer. Over MCP it is image content beside the answer instead.'),
  note: z.string().optional().meta({ description: 'Why something is not shown, in a sentence.', whole: true }),
};

const noRoom = 'The image has no room in an answer. Give the user its url.';

/** An answer with an image beside it, for those who take one, and in it for all others where it has room there. */
export function withImage(answer: Answer, image: Image | undefined, maxBytes: number): Answer {
  if (!image) return answer;
  const inside =
    fitting({ ...answer.output, image }, maxBytes) ?? fitting({ ...answer.output, note: noRoom }, maxBytes);
  return { ...answer, image: { ...image, body: inside?.body ?? answer.body } };
}
