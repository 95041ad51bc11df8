import * as fc from 'fast-check';

/** Any text, and texts of what means something in JQL. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      '\\',
      "'",
      ')',
      '(',
      '[',
      ',',
      ' OR ',
      ' ORDER BY ',
      'EMPTY',
      '\n',
      '\u0000',
      '\u2028',
      '\ufdd0',
      '\uffff',
      'u0022',
      '\ud800',
      'a',
      ' ',
    ),
  }),
);
