import * as z from 'zod';
import { invalidInput } from '../failure.ts';
import { FILE_TEXT } from '../schema/textLimit.ts';
import { decodeBase64 } from './decodeBase64.ts';

/** What a new file holds, in one of the two. */
export const newFileInputs = {
  text: z.string().min(1).max(FILE_TEXT).optional().describe('What a text file holds, as it is.'),
  base64: z
    .string()
    .min(1)
    .max(FILE_TEXT)
    .optional()
    .describe('What any other file holds, in base64; up to about 700 kB.'),
};

/** The bytes of a new file, given in the inputs `text` or `base64`. @throws Failure `invalid_input` */
export function newFileBytes({
  text,
  base64,
}: {
  text?: string | undefined;
  base64?: string | undefined;
}): Uint8Array<ArrayBuffer> {
  if (base64 === undefined) {
    if (text === undefined) throw wrong('text', 'Give what the file holds, as text or base64.');
    return new TextEncoder().encode(text);
  }
  if (text !== undefined) throw wrong('base64', 'Give text or base64, not both.');
  const decoded = decodeBase64(base64);
  if ('problem' in decoded) throw wrong('base64', `${decoded.problem} Give the bytes of the file in base64, whole.`);
  return decoded.bytes;
}

const wrong = (field: string, message: string) => invalidInput([{ field, message }]);
