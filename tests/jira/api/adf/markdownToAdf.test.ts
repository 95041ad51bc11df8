import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdfNode } from '../../../../functions/jira/api/adf/document.ts';
import { markdownToAdf, mentionsIn } from '../../../../functions/jira/api/adf/markdownToAdf.ts';
import { Failure } from '../../../../shared/failure.ts';
import { adfErrors, withoutSchema } from '../../adfSchema.ts';

const text = (value: string, ...marks: string[]): AdfNode => ({
  type: 'text',
  text: value,
  ...(marks.length > 0 && { marks: marks.map(type => ({ type })) }),
});
const linked = (value: string, href: string): AdfNode => ({
  type: 'text',
  text: value,
  marks: [{ type: 'link', attrs: { href } }],
});
const node = (type: string, ...content: AdfNode[]): AdfNode => ({ type, content });
const paragraph = (...content: (string | AdfNode)[]): AdfNode =>
  node('paragraph', ...content.map(child => (typeof child === 'string' ? text(child) : child)));
const item = (...content: (string | AdfNode)[]): AdfNode =>
  node('listItem', ...content.map(child => (typeof child === 'string' ? paragraph(child) : child)));
const task = (state: string, ...content: AdfNode[]): AdfNode => ({
  type: 'taskItem',
  attrs: { localId: expect.any(String), state },
  content,
});
const tasks = (...content: AdfNode[]): AdfNode => ({
  type: 'taskList',
  attrs: { localId: expect.any(String) },
  content,
});
const hardBreak: AdfNode = { type: 'hardBreak' };

/** Pieces of Markdown that meet in ways nobody writes, but somebody sends. */
const fragments = [
  ...[
    '# h\n',
    '> ',
    '- ',
    '1. ',
    '3) ',
    '- [ ] ',
    '- [x] ',
    '  ',
    '    ',
    '\n',
    '\n\n',
    '```\n',
    '```js\n',
    '---\n',
    '| a | b |\n',
    '|---|---|\n',
  ],
  ...[
    '**',
    '*',
    '_',
    '~~',
    '`',
    '[',
    '](',
    ')',
    '![',
    '<br>',
    '<u>',
    '</u>',
    '<b>',
    '<div>',
    '<!-- ',
    '-->',
    '&amp;',
    '&#0;',
    '\\',
    '|',
    '  \n',
  ],
  ...[
    '[a](https://x)',
    '![i](https://i)',
    '<https://x>',
    '[@A](accountid:1)',
    '@a@b.co',
    '[!NOTE]\n',
    '[a]: /x\n',
    'word',
    ' ',
    '\t',
    '\u0000',
  ],
];

describe('markdownToAdf', () => {
  const goldens: [string, string, AdfNode[]][] = [
    ['headings', '### Plan', [{ type: 'heading', attrs: { level: 3 }, content: [text('Plan')] }]],
    [
      'nested emphasis',
      '**a _b_ ~~c~~**',
      [paragraph(text('a ', 'strong'), text('b', 'strong', 'em'), text(' ', 'strong'), text('c', 'strong', 'strike'))],
    ],
    [
      'code, with nothing but a link beside it',
      '**[`x`](https://x.io)**',
      [
        paragraph({
          type: 'text',
          text: 'x',
          marks: [{ type: 'link', attrs: { href: 'https://x.io' } }, { type: 'code' }],
        }),
      ],
    ],
    ['line breaks', 'a\nb  \nc<br>d', [paragraph('a', hardBreak, 'b', hardBreak, 'c', hardBreak, 'd')]],
    [
      'bare addresses, but not names that look like one',
      'https://x.io and node.js',
      [paragraph(linked('https://x.io', 'https://x.io'), ' and node.js')],
    ],
    ['scripts as text', '[a](javascript:alert(1))', [paragraph('[a](javascript:alert(1))')]],
    ['images as links', '![A chart](https://x.io/a.png)', [paragraph(linked('A chart', 'https://x.io/a.png'))]],
    ['HTML as text', '<div>a</div> <u>b</u> <b>c', [paragraph('<div>a</div> ', text('b', 'underline'), ' <b>c')]],
    ['entities', '&copy; &lt;b&gt;', [paragraph('© <b>')]],
    [
      'nested lists',
      '- a\n  1. b\n- c',
      [node('bulletList', item('a', { type: 'orderedList', attrs: { order: 1 }, content: [item('b')] }), item('c'))],
    ],
    [
      'ordered lists that start elsewhere',
      '7. a',
      [{ type: 'orderedList', attrs: { order: 7 }, content: [item('a')] }],
    ],
    [
      'tasks',
      '- [x] a\n  - [ ] b\n- [ ] c',
      [tasks(task('DONE', text('a')), tasks(task('TODO', text('b'))), task('TODO', text('c')))],
    ],
    ['a list with tasks in it', '- a\n- [ ] b', [node('bulletList', item('a')), tasks(task('TODO', text('b')))]],
    [
      'a task with more than a line',
      '- [ ] a\n  - b\n\n  c',
      [tasks(task('TODO', text('a'), hardBreak, text('• '), text('b'), hardBreak, text('c')))],
    ],
    ['an escaped task box', '- \\[x] a', [node('bulletList', item('[x] a'))]],
    [
      'code blocks',
      '```ts\nlet a\n\n```\n\n    b',
      [{ type: 'codeBlock', attrs: { language: 'ts' }, content: [text('let a\n')] }, node('codeBlock', text('b'))],
    ],
    ['quotes', '> a\n> > b', [node('blockquote', paragraph('a'), paragraph('b'))]],
    [
      'alerts as panels',
      '> [!CAUTION]\n> Hot',
      [{ type: 'panel', attrs: { panelType: 'error' }, content: [paragraph('Hot')] }],
    ],
    [
      'what a quote cannot hold',
      '> # a\n>\n> | b | c |\n> |---|---|\n> | d | e |',
      [node('blockquote', paragraph(text('a', 'strong')), paragraph('b', ' | ', 'c'), paragraph('d', ' | ', 'e'))],
    ],
    [
      'what a list cannot hold',
      '- # a\n\n  > b\n\n  ---',
      [node('bulletList', item(paragraph(text('a', 'strong')), 'b'))],
    ],
    [
      'tables',
      '| a | b |\n|---|---|\n| 1\\|2 | <br> |',
      [
        node(
          'table',
          node('tableRow', node('tableHeader', paragraph('a')), node('tableHeader', paragraph('b'))),
          node('tableRow', node('tableCell', paragraph('1|2')), node('tableCell', paragraph(hardBreak))),
        ),
      ],
    ],
    [
      'tables without a header',
      '| | |\n|---|---|\n| 1 | |',
      [node('table', node('tableRow', node('tableCell', paragraph('1')), node('tableCell', paragraph())))],
    ],
    ['rules', 'a\n\n---', [paragraph('a'), { type: 'rule' }]],
    [
      'mentions',
      'Hi [@Ana Ruiz](accountid:557058:f58-b6)!',
      [paragraph('Hi ', { type: 'mention', attrs: { id: '557058:f58-b6', text: '@Ana Ruiz' } }, '!')],
    ],
    ['nothing', ' \n', []],
  ];
  it.each(goldens)('takes %s', (_, markdown, content) => {
    const document = markdownToAdf(markdown);
    expect(document).toEqual({ version: 1, type: 'doc', content });
    expect(adfErrors(document)).toEqual([]);
  });

  it.skipIf(withoutSchema)('makes valid documents of any Markdown', () => {
    const soup = fc.array(fc.constantFrom(...fragments), { maxLength: 40 }).map(parts => parts.join(''));
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: soup }, fc.string({ unit: 'binary' })), markdown => {
        expect(adfErrors(markdownToAdf(markdown))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('loses no word of any Markdown', () => {
    const soup = fc.array(fc.tuple(fc.constantFrom(...fragments.filter(part => !/[[\]()<`~]/.test(part))), fc.nat()), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(soup, parts => {
        const markdown = parts.map(([part, number]) => `${part} w${number}w `).join('');
        const result = JSON.stringify(markdownToAdf(markdown));
        for (const [, number] of parts) expect(result).toContain(`w${number}w`);
      }),
    );
  });

  it.each([
    ['nested brackets', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['nested links', '[a]('.repeat(10_000)],
    ['nested images', '!['.repeat(50_000)],
    ['emphasis that never ends', '*a **b '.repeat(14_000)],
    ['emphasis in words', 'a*'.repeat(50_000)],
    ['underscores', '_a '.repeat(33_000)],
    ['backticks', Array.from({ length: 440 }, (_, count) => '`'.repeat(count)).join('a')],
    ['tags', '<a b="'.repeat(16_000)],
    ['tags that never close', '<u>'.repeat(33_000)],
    ['mentions', '[@a](accountid:1) '.repeat(5_500)],
    ['at signs', '@a@b.co '.repeat(12_000)],
    ['rows', `|a|\n|-|\n${'|b|\n'.repeat(24_000)}`],
    ['items', '- [ ] a\n'.repeat(12_000)],
  ])(
    'is quick with a lot of %s',
    (_, whole) => {
      const markdown = whole.slice(0, 65_536);
      const before = process.cpuUsage();
      expect(markdownToAdf(markdown).content).not.toEqual([]);
      // What the machine does besides is no part of it.
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000).toBeLessThan(5_000);
      const found = mentionsIn(markdown).map(({ written }) => written);
      expect(found).toEqual(markdown.includes('@b.co') ? ['@a@b.co'] : markdown.includes('[@a]') ? ['@a', '@a'] : []);
    },
    60_000,
  );

  it.each([
    ['quotes', '> '.repeat(10_000)],
    ['quotes, one by one', Array.from({ length: 200 }, (_, depth) => '>'.repeat(depth)).join('\n')],
    ['lists', '- '.repeat(10_000)],
    ['numbers', '1. '.repeat(10_000)],
    ['indented lists', Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')],
  ])('refuses %s that are nested too deep', (_, markdown) => {
    expect(() => markdownToAdf(`${markdown} a`)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('40 levels') }),
    );
  });

  it.each(['*', '[', '`', '> ', '- '])('refuses a megabyte of %s', part => {
    expect(() => markdownToAdf(part.repeat(1_000_000))).toThrow(Failure);
    expect(() => mentionsIn(part.repeat(1_000_000))).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

describe('mentions', () => {
  const markdown =
    'Hi @ana.ruiz+x@example.co.uk, @li_wei@example.com. Not `@code@example.com`, [@link@example.com](https://x) or me@example.com.\n\n    @block@example.com\n\n- **@li_wei@example.com**';

  it('are found once each, in order, but not in code, in links or in plain addresses', () => {
    expect(mentionsIn(markdown).map(({ name }) => name)).toEqual(['ana.ruiz+x@example.co.uk', 'li_wei@example.com']);
  });

  it.each([
    ['Ask @"Ana Ruiz" or @“Li Wei”', ['@"Ana Ruiz"', '@“Li Wei”']],
    ['Ask @Ana Ruiz, @li.wei and @Zoë O’Brien please', ['@Ana Ruiz', '@li.wei', '@Zoë O’Brien']],
    ['@Ana: it is done. @[Li Wei]!', ['@Ana', '@[Li Wei]']],
    ['[~accountid:5b10:a-b], [~li.wei], @[Ana](accountid:7:x)', ['[~accountid:5b10:a-b]', '[~li.wei]', '@Ana']],
    ['`@Ana` and\n```\n@Li\n```\n@Sam', ['@Sam']],
    ['npm i @scope/name, @Test() and x.example/@ana', []],
    ['Write to ana@example.com, <li@example.com>, ops+x@mail.example.com or a@@b', []],
    ['It was @ 5pm, @5pm, and foo@bar', []],
  ])('in %j are %j', (text, written) => {
    expect(mentionsIn(text).map(mention => mention.written)).toEqual(written);
  });

  it('become mentions when the person is found and stay text when not', () => {
    const document = markdownToAdf(markdown, {
      mention: ({ name }) => (name === 'li_wei@example.com' ? { id: '5b10', text: 'Li Wei' } : undefined),
    });
    expect(document.content[0]?.content?.slice(0, 3)).toEqual([
      text('Hi @ana.ruiz+x@example.co.uk, '),
      { type: 'mention', attrs: { id: '5b10', text: '@Li Wei' } },
      expect.objectContaining({ text: expect.stringMatching(/^\. Not/) }),
    ]);
    expect(JSON.stringify(document).match(/"mention"/g)).toHaveLength(2);
    expect(adfErrors(document)).toEqual([]);
  });

  it('take the place of the words that are the name, and of no other', () => {
    const mention = { id: '5b10', text: 'Ana Ruiz', length: 8 };
    const { content } = markdownToAdf('Ask @Ana Ruiz Today. @[Ana](accountid:5b10)', { mention: () => mention });
    expect(content[0]?.content).toEqual([
      text('Ask '),
      { type: 'mention', attrs: { id: '5b10', text: '@Ana Ruiz' } },
      text(' Today. '),
      { type: 'mention', attrs: { id: '5b10', text: '@Ana Ruiz' } },
    ]);
  });
});
