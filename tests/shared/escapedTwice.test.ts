import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withLineBreaks } from '../../shared/escapedTwice.ts';

const { raw } = String;

describe('a text that was escaped twice', () => {
  it.each([
    [raw`First paragraph.\n\n## Heading\n\n- one\n- two`, 'First paragraph.\n\n## Heading\n\n- one\n- two'],
    [raw`line one\nline two`, 'line one\nline two'],
    [raw`Hi Ana,\r\nplease look.\r\n\r\nThanks`, 'Hi Ana,\nplease look.\n\nThanks'],
    [raw`He said \"no\".\nName:\tAna`, 'He said "no".\nName:\tAna'],
    [raw`| a | b |\n|---|---|\n| 1 | 2 |`, '| a | b |\n|---|---|\n| 1 | 2 |'],
    [raw`Run:\n\n${'```'}\nnpm test\n${'```'}`, 'Run:\n\n```\nnpm test\n```'],
    [raw`Caf\u00e9\n\nBar`, 'Café\n\nBar'],
    [raw`It is in C:\\new.\nThen`, 'It is in C:\\new.\nThen'],
    ['It is in C:\\new.\\n\\nUse `a\\nb`', 'It is in C:\\new.\n\nUse `a\\nb`'],
  ])('has line breaks for %j', (text, meant) => {
    expect(withLineBreaks(text)).toBe(meant);
  });

  it.each([
    raw`C:\new`,
    raw`See C:\new\tables and \\host\new\rows, or .\new`,
    raw`src\main\new is a folder, dir\notes.txt a file`,
    raw`CORP\nancy cannot sign in`,
    raw`Split on '\n', or match \d+\n`,
    raw`The formula is $\nu$`,
    'Use `\\n` for a new line',
    'It has lines\nand speaks of \\n',
    raw`No break, but \"quotes\" and a\tb`,
  ])('is not %j', text => {
    expect(withLineBreaks(text)).toBe(text);
  });

  it('is what JSON makes of any text of words and lines', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const line = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join(' '));
    const lines = fc.array(line, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\n\n', '\n- ', '.\n'), (all, between) => {
        const text = all.join(between);
        expect(withLineBreaks(JSON.stringify(text).slice(1, -1))).toBe(text);
      }),
    );
  });
});
