import * as z from 'zod';

/** Control characters, line ends, and those that turn the direction of what follows, behind which an ending hides. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const hidden = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** The name of a new file. Of a path its last part is meant. */
export const fileName = z
  .string()
  .trim()
  .min(1)
  .transform((text, context) => {
    const fail = (message: string) => {
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    };
    if (hidden.test(text)) return fail('It has control characters or line ends. Give a name that can be seen.');
    const name = (text.split(/[/\\]/).at(-1) ?? '').trim().normalize('NFC');
    if (/^\.*$/.test(name)) return fail('It must be the name of a file, such as error.log.');
    return name;
  });
