import * as fc from 'fast-check';
import type { AdfDocument, AdfMark, AdfNode } from '../../../../functions/jira/api/adf/document.ts';

const word = fc.stringMatching(/^[a-z]{3}[0-9]{5}$/);

const mark: fc.Arbitrary<AdfMark> = fc.oneof(
  fc.constantFrom<AdfMark>(
    { type: 'strong' },
    { type: 'em' },
    { type: 'strike' },
    { type: 'underline' },
    { type: 'subsup', attrs: { type: 'sub' } },
    { type: 'textColor', attrs: { color: '#ff0000' } },
  ),
  word.map(path => ({ type: 'link', attrs: { href: `https://x.io/${path}` } })),
);
const marks = fc.uniqueArray(mark, { maxLength: 3, selector: ({ type }) => type });

/** Text as people write it, with signs that Markdown could take for its own, around a word to look for. */
const phrase = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...'*_`[](){}#+-.!|<>~&\\:=1 x'), maxLength: 4 }),
    word,
    fc.constantFrom('', ' ', '*', '_', '|', '. '),
  )
  .map(parts => parts.join(''));

const inlineNode: fc.Arbitrary<AdfNode> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('text'), text: phrase, marks }) },
  { weight: 1, arbitrary: word.map(text => ({ type: 'text', text, marks: [{ type: 'code' }] })) },
  { weight: 1, arbitrary: fc.constant({ type: 'hardBreak' }) },
  { weight: 1, arbitrary: word.map(text => ({ type: 'mention', attrs: { id: `5b10:${text}`, text: `@${text}` } })) },
  { weight: 1, arbitrary: word.map(text => ({ type: 'emoji', attrs: { shortName: `:${text}:` } })) },
  { weight: 1, arbitrary: word.map(text => ({ type: 'status', attrs: { text, color: 'blue' } })) },
  { weight: 1, arbitrary: word.map(text => ({ type: 'inlineCard', attrs: { url: `https://x.io/${text}` } })) },
);
const inline = fc.array(inlineNode, { minLength: 1, maxLength: 6 });

const paragraph: fc.Arbitrary<AdfNode> = inline.map(content => ({ type: 'paragraph', content }));
const codeBlock: fc.Arbitrary<AdfNode> = phrase.map(text => ({ type: 'codeBlock', content: [{ type: 'text', text }] }));
const heading: fc.Arbitrary<AdfNode> = fc.record({
  type: fc.constant('heading'),
  attrs: fc.record({ level: fc.integer({ min: 1, max: 6 }) }),
  content: inline,
});

const { list } = fc.letrec<{ list: AdfNode; item: AdfNode }>(tie => ({
  list: fc.oneof(
    fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map(content => ({ type: 'bulletList', content })),
    fc.record({
      type: fc.constant('orderedList'),
      attrs: fc.record({ order: fc.integer({ min: 0, max: 99 }) }),
      content: fc.array(tie('item'), { minLength: 1, maxLength: 3 }),
    }),
  ),
  item: fc
    .tuple(paragraph, fc.array(fc.oneof({ maxDepth: 3 }, paragraph, codeBlock, tie('list')), { maxLength: 2 }))
    .map(([first, others]) => ({ type: 'listItem', content: [first, ...others] })),
}));

const taskList: fc.Arbitrary<AdfNode> = fc
  .array(fc.record({ state: fc.constantFrom('TODO', 'DONE'), content: inline }), { minLength: 1, maxLength: 3 })
  .map(items => ({
    type: 'taskList',
    attrs: { localId: 'list' },
    content: items.map(({ state, content }) => ({ type: 'taskItem', attrs: { localId: 'item', state }, content })),
  }));

const simple = fc.array(fc.oneof(paragraph, codeBlock, list), { minLength: 1, maxLength: 3 });
const quote: fc.Arbitrary<AdfNode> = simple.map(content => ({ type: 'blockquote', content }));
const panel: fc.Arbitrary<AdfNode> = fc.record({
  type: fc.constant('panel'),
  attrs: fc.record({ panelType: fc.constantFrom('info', 'note', 'tip', 'success', 'warning', 'error') }),
  content: simple,
});
const expand: fc.Arbitrary<AdfNode> = fc.record({
  type: fc.constant('expand'),
  attrs: fc.record({ title: word }),
  content: simple,
});

const table: fc.Arbitrary<AdfNode> = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 3 }),
    fc.boolean(),
    fc.infiniteStream(fc.oneof(paragraph, list, codeBlock, quote)),
  )
  .map(([rows, columns, hasHeader, blocks]) => ({
    type: 'table',
    content: Array.from({ length: rows }, (_, row) => ({
      type: 'tableRow',
      content: Array.from({ length: columns }, () => ({
        type: hasHeader && row === 0 ? 'tableHeader' : 'tableCell',
        content: [blocks.next().value],
      })),
    })),
  }));

const media: fc.Arbitrary<AdfNode> = fc.tuple(word, word).map(([alt, caption]) => ({
  type: 'mediaSingle',
  attrs: { layout: 'center' },
  content: [
    { type: 'media', attrs: { type: 'file', id: 'f', collection: 'c', alt } },
    { type: 'caption', content: [{ type: 'text', text: caption }] },
  ],
}));

/** Documents that Atlassian's schema takes, with most of what the format has. */
export const randomDocument: fc.Arbitrary<AdfDocument> = fc
  .array(fc.oneof(paragraph, heading, list, taskList, codeBlock, quote, panel, expand, table, media), { maxLength: 6 })
  .map(content => ({ version: 1, type: 'doc', content }));

/** Text with marks, for what must come back just as it was. */
export const randomInline = fc.array(fc.record({ text: phrase, marks }), { minLength: 1, maxLength: 6 });

/** The words that a document was made with. */
export function wordsOf(document: AdfDocument): string[] {
  return JSON.stringify(document).match(/[a-z]{3}[0-9]{5}/g) ?? [];
}
