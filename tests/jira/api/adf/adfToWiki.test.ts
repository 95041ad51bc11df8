import { expect, it } from 'vitest';
import { adfToWiki } from '../../../../functions/jira/api/adf/adfToWiki.ts';
import { markdownToAdf } from '../../../../functions/jira/api/adf/markdownToAdf.ts';

it.each([
  ['**bold** and `a{b}`', String.raw`{*}bold{*} and {{a\{b\}}}`],
  ['Option (x) or (y), :) ;)', String.raw`Option \(x) or \(y), \:) \;)`],
  ['a: (b) and (why)', 'a: (b) and (why)'],
  ['Really?? Yes', String.raw`Really\?\? Yes`],
  [String.raw`\# 4 is out`, String.raw`\# 4 is out`],
  [String.raw`\- not a list`, String.raw`\- not a list`],
  ['a snake_case name, 5 * 4, [x]', String.raw`a snake\_case name, 5 \* 4, \[x\]`],
  ['[a|b](https://example.com/?q=1|2)', String.raw`[a\|b|https://example.com/?q=1%7C2]`],
  ['```\nlet {code} = 1\n```', '{noformat}\nlet {code} = 1\n{noformat}'],
  ['- one\n  - two\n1. three', '* one\n** two\n\n# three'],
  ['> quoted', '{quote}\nquoted\n{quote}'],
])('%j is written so that Jira shows it as it was meant', (markdown, wiki) => {
  expect(adfToWiki(markdownToAdf(markdown))).toBe(wiki);
});

it('puts a quote within a quote into the outer one, whose sign it would end', () => {
  const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  const inner = { type: 'blockquote', content: [paragraph('inner'), paragraph('most')] };
  const outer = { type: 'panel', content: [paragraph('outer'), inner, paragraph('end')] };
  expect(adfToWiki({ content: [outer] })).toBe('{quote}\nouter\n\ninner\n\nmost\n\nend\n{quote}');
  // In an item of a list, an empty line would end the list.
  const list = { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('a'), inner] }] };
  expect(adfToWiki({ content: [list] })).toBe('* a\n{quote}\ninner\nmost\n{quote}');
  const quoted = { type: 'blockquote', content: [{ ...list, content: [{ type: 'listItem', content: [inner] }] }] };
  expect(adfToWiki({ content: [quoted] })).toBe('{quote}\n* inner\nmost\n{quote}');
});
