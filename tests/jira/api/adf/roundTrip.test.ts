import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adfToMarkdown } from '../../../../functions/jira/api/adf/adfToMarkdown.ts';
import type { AdfDocument, AdfNode } from '../../../../functions/jira/api/adf/document.ts';
import { markdownToAdf } from '../../../../functions/jira/api/adf/markdownToAdf.ts';
import { adfErrors } from '../../adfSchema.ts';
import { randomDocument, randomInline, wordsOf } from './randomDocument.ts';

const paragraphOf = (...content: AdfNode[]): AdfDocument => ({
  version: 1,
  type: 'doc',
  content: [{ type: 'paragraph', content }],
});

/** One entry for each character that is seen, with what marks it: how the text is cut into nodes does not matter. */
function characters(content: readonly AdfNode[]): string[] {
  return content.flatMap(({ text = '', marks = [] }) => {
    const names = marks
      .map(({ type, attrs }) => `${type}${attrs?.href ?? attrs?.type ?? ''}`)
      .filter(name => !name.startsWith('textColor'));
    return [...text].filter(character => /\S/.test(character)).map(character => [character, ...names.sort()].join(' '));
  });
}

describe('a round trip', () => {
  it.each([
    ['headings', '# One\n\n## Two\n\n###### Six'],
    ['emphasis', '**bold** _italic_ ~~gone~~ **bold _and italic_** <u>under</u> H<sub>2</sub>O'],
    ['line breaks', 'one  \ntwo  \n\\\nthree'],
    ['links', '[docs](https://x.io/a_b) and <https://x.io> and [`code`](https://x.io)'],
    ['lists', '- a\n- b\n\n* c\n\n3. d\n4. e'],
    ['nested lists', '- a\n  1. b\n     - c\n\n       more of c\n  2. d\n- e'],
    ['task lists', '- [x] a\n  - [ ] b\n- [ ] c with **bold**'],
    ['tables', '| Name | Notes |\n| --- | --- |\n| a\\|b | **x**<br>y |\n| `c\\|d` | [e](https://x.io) |'],
    ['tables without a header', '|  |  |\n| --- | --- |\n| a | b |'],
    ['code', 'Run `` a `b` `` or\n\n````md\n```\nx\n```\n````'],
    ['code in lists', '- a\n\n  ```ts\n  let x\n\n  let y\n  ```'],
    ['quotes', '> a\n>\n> b\n>\n> - c'],
    ['panels', '> [!WARNING]\n> Careful\n>\n> - a'],
    ['mentions', 'Ask [@Ana Ruiz](accountid:557058:f58131cb-b67d) today'],
    ['rules', 'a\n\n---\n\nb'],
    [
      'signs that are only text',
      '\\*a\\* \\_b\\_ snake_case 3 * 4 [x\\](y) \\<b> \\&amp; C:\\temp\n\n\\# a\n\n1\\. b\n\n\\- c',
    ],
  ])('from Markdown gives the same Markdown: %s', (_, markdown) => {
    expect(adfToMarkdown(markdownToAdf(markdown))).toBe(markdown);
  });

  it('from text gives the same text, whatever its signs', () => {
    const signs = fc.string({
      unit: fc.constantFrom(...'*_`[](){}#+-.!|<>~&\\:;=/?@"1ax \u00e9😀'),
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.oneof(signs, fc.string({ unit: 'grapheme' })), value => {
        const text = value.replace(/\s+/g, ' ').trim();
        const document = markdownToAdf(adfToMarkdown(paragraphOf({ type: 'text', text })));
        expect(characters(document.content[0]?.content ?? []).join('')).toBe(
          text.replaceAll(' ', '').replaceAll('\0', '\ufffd'),
        );
        expect(document.content.every(block => block.type === 'paragraph')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('from marked text gives the same characters with the same marks', () => {
    fc.assert(
      fc.property(randomInline, runs => {
        const content = runs.map(run => ({ type: 'text', ...run }));
        const document = markdownToAdf(adfToMarkdown(paragraphOf(...content)));
        expect(characters(document.content[0]?.content ?? [])).toEqual(characters(content));
      }),
      { numRuns: 1000 },
    );
  });

  it('from any document gives a valid one with every word', () => {
    fc.assert(
      fc.property(randomDocument, document => {
        expect(adfErrors(document)).toEqual([]);
        const once = markdownToAdf(adfToMarkdown(document));
        expect(adfErrors(once)).toEqual([]);
        expect(wordsOf(once)).toEqual(expect.arrayContaining(wordsOf(document)));
      }),
      { numRuns: 150 },
    );
  });
});
