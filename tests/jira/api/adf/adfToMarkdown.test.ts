import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adfToMarkdown } from '../../../../functions/jira/api/adf/adfToMarkdown.ts';
import type { AdfNode } from '../../../../functions/jira/api/adf/document.ts';
import { typesOf, withoutSchema } from '../../adfSchema.ts';
import { doc, item, link, node, paragraph, row, text } from './build.ts';
import { randomDocument, wordsOf } from './randomDocument.ts';

/** For each node type the smallest node that holds the given text. */
const nodeOf: Record<string, (word: string) => AdfNode> = {
  blockCard: word => node('blockCard', { url: `https://${word}.example.com/` }),
  blockTaskItem: word => node('taskList', {}, node('blockTaskItem', { state: 'TODO' }, paragraph(word))),
  blockquote: word => node('blockquote', {}, paragraph(word)),
  bodiedExtension: word => node('bodiedExtension', { extensionKey: 'excerpt' }, paragraph(word)),
  bodiedSyncBlock: word => node('bodiedSyncBlock', { resourceId: 'r' }, paragraph(word)),
  bulletList: word => node('bulletList', {}, item(word)),
  caption: word => node('mediaSingle', {}, node('media', { id: '1' }), node('caption', {}, text(word))),
  codeBlock: word => node('codeBlock', {}, text(word)),
  date: word => paragraph(word, node('date', { timestamp: '1700000000000' })),
  decisionItem: word => node('decisionItem', {}, text(word)),
  decisionList: word => node('decisionList', {}, node('decisionItem', {}, text(word))),
  doc: word => node('doc', {}, paragraph(word)),
  embedCard: word => node('embedCard', { url: `https://${word}.example.com/` }),
  emoji: word => paragraph(node('emoji', { shortName: `:${word}:` })),
  expand: word => node('expand', { title: word }, paragraph('inside')),
  extension: word =>
    node('extension', { extensionKey: 'toc', parameters: { macroParams: { title: { value: word } } } }),
  hardBreak: word => paragraph('a', node('hardBreak', {}), word),
  heading: word => node('heading', { level: 1 }, text(word)),
  inlineCard: word => paragraph(node('inlineCard', { data: { name: word, '@type': 'Document' } })),
  inlineExtension: word => paragraph(node('inlineExtension', { extensionKey: 'k', text: word })),
  layoutColumn: word => node('layoutSection', {}, node('layoutColumn', { width: 50 }, paragraph(word))),
  layoutSection: word =>
    node('layoutSection', {}, node('layoutColumn', {}, paragraph('a')), node('layoutColumn', {}, paragraph(word))),
  listItem: word => node('bulletList', {}, item(paragraph('a'), paragraph(word))),
  media: word => node('mediaSingle', {}, node('media', { type: 'file', id: '1', alt: word })),
  mediaGroup: word => node('mediaGroup', {}, node('media', { id: '1' }), node('media', { id: word })),
  mediaInline: word => paragraph(node('mediaInline', { id: word })),
  mediaSingle: word => node('mediaSingle', {}, node('media', { type: 'external', url: `https://x/${word}.png` })),
  mention: word => paragraph(node('mention', { id: '5b10', text: `@${word}` })),
  nestedExpand: word => node('nestedExpand', { title: 'Title' }, paragraph(word)),
  orderedList: word => node('orderedList', { order: 7 }, item(word)),
  panel: word => node('panel', { panelType: 'info' }, paragraph(word)),
  paragraph: word => paragraph(word),
  placeholder: word => paragraph(node('placeholder', { text: word })),
  rule: word => node('blockquote', {}, node('rule', {}), paragraph(word)),
  status: word => paragraph(node('status', { text: word, color: 'blue' })),
  syncBlock: word => node('syncBlock', { resourceId: word }),
  table: word => node('table', {}, row('tableCell', 'a', word)),
  tableCell: word => node('table', {}, row('tableHeader', 'a'), row('tableCell', word)),
  tableHeader: word => node('table', {}, row('tableHeader', word)),
  tableRow: word => node('table', {}, row('tableCell', 'a'), row('tableHeader', 'b', word)),
  taskItem: word => node('taskList', {}, node('taskItem', { state: 'DONE' }, text(word))),
  taskList: word => node('taskList', {}, node('taskList', {}, node('taskItem', {}, text(word)))),
  text: word => text(word),
  unheardOf: word => node('unheardOf', { text: 'own' }, node('alsoUnheardOf', {}, text(word))),
  unheardOfInline: word => paragraph('a', node('unheardOfInline', { text: word })),
};

const markTypes = [
  ...[
    'alignment',
    'annotation',
    'backgroundColor',
    'border',
    'breakout',
    'code',
    'dataConsumer',
    'em',
    'fontSize',
    'fragment',
  ],
  ...['indentation', 'link', 'strike', 'strong', 'subsup', 'textColor', 'underline', 'unheardOf'],
];

describe('adfToMarkdown', () => {
  it.each(Object.keys(nodeOf))('keeps the text of a %s', type => {
    expect(adfToMarkdown(doc(nodeOf[type]?.('Xylophone7') ?? paragraph()))).toContain('Xylophone7');
  });

  it.each(Object.keys(nodeOf))('keeps the text of a %s in a table cell, in a list, and next to others', type => {
    const inner = nodeOf[type]?.('Xylophone7') ?? paragraph();
    expect(adfToMarkdown(doc(node('table', {}, row('tableCell', inner))))).toContain('Xylophone7');
    expect(
      adfToMarkdown(doc(node('bulletList', {}, item('a', inner), item(inner)))).match(/Xylophone7/g)?.length,
    ).toBeGreaterThan(1);
    expect(adfToMarkdown(paragraph('before ', inner, ' after'))).toMatch(/before.*Xylophone7.*after/s);
  });

  it.each(markTypes)('keeps the text that carries the mark %s', type => {
    const mark = { type, attrs: { href: 'https://x', type: 'sub', color: '#ff0000' } };
    expect(adfToMarkdown(paragraph('a', text('Xylophone7', mark), 'b'))).toContain('Xylophone7');
  });

  it.skipIf(withoutSchema)('is tested with every node and every mark that the published schema has', () => {
    expect(Object.keys(nodeOf)).toEqual(expect.arrayContaining(typesOf('node')));
    expect(markTypes).toEqual(expect.arrayContaining(typesOf('mark')));
  });

  it('loses no word of any valid document', () => {
    fc.assert(
      fc.property(randomDocument, document => {
        const markdown = adfToMarkdown(document);
        for (const word of wordsOf(document)) expect(markdown).toContain(word);
      }),
    );
  });

  it('answers with a string, whatever it is given', () => {
    const type = fc.constantFrom(...Object.keys(nodeOf), 'constructor', '__proto__', 'toString');
    const { garbage } = fc.letrec<{ garbage: unknown }>(tie => ({
      garbage: fc.oneof(
        { maxDepth: 5 },
        fc.anything(),
        fc.record(
          {
            type: fc.oneof(type, fc.anything()),
            attrs: fc.oneof(
              fc.anything(),
              fc.dictionary(fc.constantFrom('level', 'order', 'colspan', 'text', 'url', 'timestamp'), fc.anything()),
            ),
            marks: fc.oneof(
              fc.anything(),
              fc.array(fc.record({ type: fc.constantFrom(...markTypes, 'constructor'), attrs: fc.anything() })),
            ),
            text: fc.anything(),
            content: fc.oneof(fc.array(tie('garbage')), fc.anything()),
          },
          { requiredKeys: [] },
        ),
      ),
    }));
    fc.assert(
      fc.property(garbage, value => typeof adfToMarkdown(value) === 'string'),
      { numRuns: 500 },
    );
  });

  it.each([null, undefined, '', {}, [], 7, true])('gives nothing for %j', value => {
    expect(adfToMarkdown(value)).toBe('');
  });

  it('gives plain text back as it is', () => {
    expect(adfToMarkdown('*not* Markdown')).toBe('*not* Markdown');
  });

  const goldens: [string, AdfNode | AdfNode[], string][] = [
    ['a heading', node('heading', { level: 3 }, text('Plan #1')), '### Plan #1'],
    ['a heading that ends like a closing sequence', node('heading', { level: 1 }, text('C #')), '# C \\#'],
    [
      'marks',
      paragraph(text('a', 'strong'), ' ', text('b', 'em'), ' ', text('c', 'strike'), ' ', text('d', 'code')),
      '**a** _b_ ~~c~~ `d`',
    ],
    [
      'HTML for what Markdown has not',
      paragraph(text('u', 'underline'), text('2', { type: 'subsup', attrs: { type: 'sup' } })),
      '<u>u</u><sup>2</sup>',
    ],
    ['nested marks', paragraph(text('a ', 'strong'), text('b', 'strong', 'em'), text(' c', 'em')), '**a _b_** _c_'],
    [
      'emphasis within a word',
      paragraph('un', text('believ', 'em'), text('able', 'strong')),
      'un<em>believ</em>**able**',
    ],
    ['white space at the edge of a mark', paragraph('a', text(' b ', 'strong'), 'c'), 'a **b** c'],
    ['code with backticks', paragraph(text('a `b`', 'code')), '`` a `b` ``'],
    [
      'a link',
      paragraph(text('docs', link('https://x.io/a_(b)', 'The "docs"'))),
      '[docs](<https://x.io/a_(b)> "The \\"docs\\"")',
    ],
    ['a link that shows its address', paragraph(text('https://x.io', link('https://x.io'))), '<https://x.io>'],
    ['code in a link', paragraph(text('fn', 'code', link('https://x.io'))), '[`fn`](https://x.io)'],
    [
      'a link after an exclamation mark',
      paragraph('Look!', text('here', link('https://x.io'))),
      'Look\\![here](https://x.io)',
    ],
    [
      'ordinary text',
      paragraph('snake_case, 3 * 4, a < b, AT&T, ~5, C:\\temp, [WIP] #1 - ok!'),
      'snake_case, 3 * 4, a < b, AT&T, ~5, C:\\temp, [WIP] #1 - ok!',
    ],
    [
      'text that looks like markup',
      paragraph('*a* _b_ `c` [d](e) <f> &amp; \\*'),
      '\\*a\\* \\_b\\_ \\`c\\` [d\\](e) \\<f> \\&amp; \\\\\\*',
    ],
    [
      'lines that look like blocks',
      ['# a', '- b', '1. c', '> d', '---', '[ ] e'].map(line => paragraph(line)),
      '\\# a\n\n\\- b\n\n1\\. c\n\n\\> d\n\n\\---\n\n\\[ ] e',
    ],
    [
      'hard breaks',
      paragraph('a', node('hardBreak', {}), 'b', node('hardBreak', {}), node('hardBreak', {}), '- c'),
      'a  \nb  \n\\\n\\- c',
    ],
    [
      'nested lists',
      node(
        'bulletList',
        {},
        item('a', node('orderedList', { order: 9 }, item('b'), item('c', node('bulletList', {}, item('d'))))),
      ),
      '- a\n\n  9. b\n  10. c\n      - d',
    ],
    [
      'blocks in a list',
      node(
        'bulletList',
        {},
        item('a', paragraph('b'), node('codeBlock', { language: 'ts' }, text('x\n\ny'))),
        item('c'),
      ),
      '- a\n\n  b\n\n  ```ts\n  x\n\n  y\n  ```\n- c',
    ],
    [
      'lists in a row',
      [node('bulletList', {}, item('a')), node('bulletList', {}, item('b')), node('bulletList', {}, item('c'))],
      '- a\n\n* b\n\n- c',
    ],
    [
      'tasks',
      node(
        'taskList',
        {},
        node('taskItem', { state: 'DONE' }, text('a')),
        node('taskList', {}, node('taskItem', { state: 'TODO' }, text('b'))),
      ),
      '- [x] a\n  - [ ] b',
    ],
    ['decisions', node('decisionList', {}, node('decisionItem', { state: 'DECIDED' }, text('Go'))), '- Decision: Go'],
    [
      'code longer than its fence',
      node('codeBlock', { language: 'md' }, text('```\nx\n```')),
      '````md\n```\nx\n```\n````',
    ],
    ['a quote', node('blockquote', {}, paragraph('a'), node('bulletList', {}, item('b'))), '> a\n>\n> - b'],
    ['a panel', node('panel', { panelType: 'warning' }, paragraph('Careful')), '> [!WARNING]\n> Careful'],
    [
      'a panel of its own kind',
      node('panel', { panelType: 'custom', panelIconText: '🚀' }, paragraph('Up')),
      '> [!CUSTOM] 🚀\n> Up',
    ],
    ['an expand', node('expand', { title: 'More' }, paragraph('a')), '**More**\n\na'],
    [
      'a table',
      node(
        'table',
        {},
        row('tableHeader', 'A', 'B|C'),
        row('tableCell', 'x', node('bulletList', {}, item('y'), item('z'))),
      ),
      '| A | B\\|C |\n| --- | --- |\n| x | - y<br>- z |',
    ],
    [
      'a table without a header row',
      node('table', {}, row('tableCell', 'a', 'b')),
      '|  |  |\n| --- | --- |\n| a | b |',
    ],
    [
      'code in a table',
      node('table', {}, row('tableHeader', 'A'), row('tableCell', node('codeBlock', {}, text('a|b\nc')))),
      '| A |\n| --- |\n| `a\\|b`<br>`c` |',
    ],
    [
      'cells that span',
      node(
        'table',
        {},
        row('tableHeader', 'A', 'B', 'C'),
        node(
          'tableRow',
          {},
          node('tableCell', { colspan: 2, rowspan: 2 }, paragraph('x')),
          node('tableCell', {}, paragraph('y')),
        ),
        row('tableCell', 'z'),
      ),
      '| A | B | C |\n| --- | --- | --- |\n| x |  | y |\n|  |  | z |',
    ],
    [
      'a mention',
      paragraph('Hi ', node('mention', { id: '557058:f58-b6', text: '@Ana Ruiz' })),
      'Hi [@Ana Ruiz](accountid:557058:f58-b6)',
    ],
    ['a mention without an id', paragraph(node('mention', { text: 'Ana' })), '@Ana'],
    [
      'emoji, date and status',
      paragraph(
        node('emoji', { shortName: ':tada:', text: '🎉' }),
        ' ',
        node('date', { timestamp: '1700000000000' }),
        ' ',
        node('status', { text: 'IN PROGRESS' }),
      ),
      '🎉 2023-11-14 [IN PROGRESS]',
    ],
    [
      'a status that looks like a task',
      node('bulletList', {}, item(paragraph(node('status', { text: 'X' }), ' rays'))),
      '- \\[X] rays',
    ],
    [
      'cards',
      [paragraph(node('inlineCard', { url: 'https://x.io/1' })), node('blockCard', { url: 'https://x.io/2' })],
      '<https://x.io/1>\n\n<https://x.io/2>',
    ],
    [
      'files',
      node('mediaSingle', {}, node('media', { id: 'f1', alt: 'plan.pdf' }), node('caption', {}, text('The plan'))),
      '[attachment: plan.pdf]\n\nThe plan',
    ],
    [
      'pictures from elsewhere',
      node('mediaSingle', {}, node('media', { type: 'external', url: 'https://x.io/a.png', alt: 'A' })),
      '[A](https://x.io/a.png)',
    ],
    [
      'extensions',
      node('extension', { extensionKey: 'jql', parameters: { q: 'project = A', macroMetadata: { title: 'noise' } } }),
      '[extension: jql] project = A',
    ],
    ['a rule', [paragraph('a'), node('rule', {}), paragraph('b')], 'a\n\n---\n\nb'],
  ];
  it.each(goldens)('writes %s', (_, content, markdown) => {
    expect(adfToMarkdown(doc(...[content].flat()))).toBe(markdown);
  });

  it.each(Object.keys(nodeOf))('keeps the text below 2,000 levels of %s', type => {
    let tree: AdfNode = text('bottom');
    for (let level = 0; level < 2_000; level++) tree = node(type, {}, tree);
    expect(adfToMarkdown(doc(tree))).toContain('bottom');
  });
});
