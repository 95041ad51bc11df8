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
