import { invalidInput } from '../failure.ts';
import { decodeBase64 } from './decodeBase64.ts';

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
