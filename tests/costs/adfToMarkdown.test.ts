import { expect, it } from 'vitest';
import { adfToMarkdown } from '../../functions/jira/api/adf/adfToMarkdown.ts';
import type { AdfNode } from '../../functions/jira/api/adf/document.ts';
import { doc, node, paragraph, row, text } from '../jira/api/adf/build.ts';
import { cpuTime } from '../support/cpuTime.ts';

/** A document of about a million characters, in a shape that costs most. */
const hostile: [string, () => AdfNode[]][] = [
  ...['*_[&`<~\\!', '| ', '\n', '` `` ', 'a_', '- ', ' ', '\t\n', '`', '*everybody* ', '\\', '&', '['].map(
    (part): [string, () => AdfNode[]] => [
      `a text of ${JSON.stringify(part)}`,
      () => [paragraph(part.repeat(1_000_000 / part.length))],
    ],
  ),
  ['spaces in code marks', () => Array.from({ length: 30 }, () => paragraph(text(` ${' '.repeat(32_000)}x`, 'code')))],
  [
    'marks',
    () => [
      paragraph(
        ...Array.from({ length: 20_000 }, (_, index) =>
          text('w* ', index % 3 ? 'strong' : 'em', index % 2 ? 'strike' : 'underline'),
        ),
      ),
    ],
  ],
  [
    'links on one text',
    () => [
      paragraph({
        type: 'text',
        text: 'a',
        marks: Array.from({ length: 20_000 }, (_, index) => ({
          type: 'link',
          attrs: { href: `https://a.b/${index}` },
        })),
      }),
    ],
  ],
  [
    'a long title',
    () => [
      paragraph({
        type: 'text',
        text: 'a',
        marks: [{ type: 'link', attrs: { href: 'https://a.b', title: `${' '.repeat(1e6)}\n` } }],
      }),
    ],
  ],
  [
    'spans of 100',
    () => [
      node(
        'table',
        {},
        ...Array.from({ length: 3_000 }, () =>
          node(
            'tableRow',
            {},
            ...Array.from({ length: 3 }, () => node('tableCell', { colspan: 100, rowspan: 100 }, paragraph('a'))),
          ),
        ),
      ),
    ],
  ],
  [
    'a broad table',
    () => [node('table', {}, ...Array.from({ length: 5_000 }, () => row('tableCell', ...Array(30).fill('|'))))],
  ],
  [
    'many line breaks in quotes in quotes',
    () => [deep('blockquote', 60, node('paragraph', {}, ...Array(30_000).fill(node('hardBreak', {}))))],
  ],
  [
    'many lines of code in lists in lists',
    () => [deep('bulletList', 60, node('codeBlock', {}, text('a\n'.repeat(100_000))))],
  ],
  ['lists of many items', () => [node('bulletList', {}, ...Array(100_000).fill(node('listItem', {}, paragraph('a'))))]],
  ['tables in tables', () => [deep('table', 60, paragraph('|'.repeat(30_000)))]],
  ['nodes without text', () => Array(50_000).fill(node('rule', {}))],
  ['headings', () => Array(50_000).fill(node('heading', { level: 2 }, text('#')))],
];
const deep = (type: string, levels: number, inner: AdfNode): AdfNode =>
  Array.from({ length: levels }).reduce<AdfNode>(
    tree =>
      type === 'bulletList'
        ? node(type, {}, node('listItem', {}, tree))
        : type === 'table'
          ? node(type, {}, node('tableRow', {}, node('tableCell', {}, tree)))
          : node(type, {}, tree),
    inner,
  );

it.each(hostile)(
  'rendering a document with %s writes no more than fits, and takes little more than reading it',
  (_, make) => {
    const document = JSON.stringify(doc(...make()));
    const parsed: unknown = JSON.parse(document);
    const reading = cpuTime(() => JSON.parse(document));
    const rendering = cpuTime(() => expect(adfToMarkdown(parsed).length).toBeLessThan(200_000));
    // What is not linear takes hundreds of times as long; the constant is for what is rendered in no time.
    expect(rendering).toBeLessThan(20 * reading + 200);
  },
);
