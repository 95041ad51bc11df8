import { doc, paragraph, text } from './adf.ts';
import type { AdfNode, Person } from './model.ts';

const node = (type: string, attrs: Record<string, unknown> | undefined, ...content: AdfNode[]): AdfNode => ({
  type,
  ...(attrs && { attrs }),
  ...(content.length > 0 && { content }),
});

const heading = (level: number, value: string) => node('heading', { level }, text(value));
const item = (...content: AdfNode[]) => node('listItem', undefined, ...content);
export const bullets = (...items: (string | AdfNode)[]) =>
  node('bulletList', undefined, ...items.map(each => (typeof each === 'string' ? item(paragraph(each)) : each)));
export const numbers = (...items: (string | AdfNode)[]) =>
  node('orderedList', { order: 1 }, ...items.map(each => (typeof each === 'string' ? item(paragraph(each)) : each)));
export const code = (language: string, source: string) => node('codeBlock', { language }, text(source));
export const panel = (panelType: string, ...content: AdfNode[]) => node('panel', { panelType }, ...content);
export const mention = ({ accountId, displayName }: Person) =>
  node('mention', { id: accountId, text: `@${displayName}`, accessLevel: '' });
const emoji = (shortName: string, symbol: string) => node('emoji', { shortName: `:${shortName}:`, text: symbol });
export const link = (label: string, href: string) => text(label, { type: 'link', attrs: { href } });
export const card = (url: string) => node('inlineCard', { url });
export const lozenge = (label: string, color: string) => node('status', { text: label, color });
const date = (day: string) => node('date', { timestamp: String(Date.parse(day)) });
export const quote = (...lines: string[]) => node('blockquote', undefined, ...lines.map(line => paragraph(line)));
export const tasks = (...items: [state: 'TODO' | 'DONE', label: string][]) =>
  node(
    'taskList',
    { localId: 'tasks' },
    ...items.map(([state, label], index) => node('taskItem', { localId: `task-${index}`, state }, text(label))),
  );
const decisions = (...labels: string[]) =>
  node(
    'decisionList',
    { localId: 'decisions' },
    ...labels.map((label, index) =>
      node('decisionItem', { localId: `decision-${index}`, state: 'DECIDED' }, text(label)),
    ),
  );
const table = (head: string[], ...rows: string[][]) =>
  node(
    'table',
    { isNumberColumnEnabled: false, layout: 'default' },
    node('tableRow', undefined, ...head.map(cell => node('tableHeader', {}, paragraph(cell)))),
    ...rows.map(row => node('tableRow', undefined, ...row.map(cell => node('tableCell', {}, paragraph(cell))))),
  );
const image = (alt: string) =>
  node('media', { type: 'file', id: 'a1b2c3d4-0000-4000-8000-000000000001', collection: '', alt });

/** A document with everything in it that Jira's editor can make. */
export const everything = (author: Person, reviewer: Person, today: string): AdfNode =>
  doc(
    heading(1, 'Checkout redesign'),
    paragraph(
      'The new checkout must be ',
      text('fast', { type: 'strong' }),
      ', ',
      text('clear', { type: 'em' }),
      ', ',
      text('not clever', { type: 'strike' }),
      ', ',
      text('accessible', { type: 'underline' }),
      ' and speak ',
      text('HTTP/2', { type: 'code' }),
      '. Read ',
      link('the brief', 'https://example.com/brief'),
      ' first. E = mc',
      text('2', { type: 'subsup', attrs: { type: 'sup' } }),
      ', in ',
      text('red', { type: 'textColor', attrs: { color: '#bf2600' } }),
      '.',
      node('hardBreak', undefined),
      'A second line.',
    ),
    paragraph(
      'Owner: ',
      mention(author),
      ', review by ',
      mention(reviewer),
      ' until ',
      date(today),
      ' ',
      emoji('rocket', '🚀'),
    ),
    paragraph('State: ', lozenge('AT RISK', 'red'), '. See ', card('https://example.com/wiki/checkout')),
    heading(2, 'Scope'),
    bullets(
      'Basket',
      item(paragraph('Payment'), bullets('Card', item(paragraph('Wallets'), numbers('Apple Pay', 'Google Pay')))),
      'Receipt',
    ),
    heading(2, 'Steps'),
    numbers('Draft', 'Build', 'Measure'),
    tasks(['DONE', 'Agree on the copy'], ['TODO', 'Translate it']),
    decisions('We keep guest checkout'),
    table(['Market', 'Go-live', 'Risk'], ['Spain', '1 March', 'low'], ['Japan', '1 June', 'tax | rounding']),
    code('typescript', 'const total = items.reduce((sum, item) => sum + item.price, 0);\nreturn total;'),
    panel('warning', paragraph('Do not ship on a Friday.')),
    panel('info', paragraph('Feature flag: '), bullets('checkout-v2')),
    node('expand', { title: 'Numbers from last year' }, paragraph('Conversion was 2.4 %.')),
    quote('Nobody reads the terms.', 'But everybody clicks.'),
    node('rule', undefined),
    node(
      'mediaSingle',
      { layout: 'center' },
      image('wireframe.png'),
      node('caption', undefined, text('The first wireframe')),
    ),
    node('mediaGroup', undefined, image('basket.png')),
    node('blockCard', { url: 'https://example.com/design/42' }),
    node('embedCard', { url: 'https://example.com/board/7', layout: 'center' }),
    node('extension', { extensionType: 'com.example.macros', extensionKey: 'chart', text: 'Chart of conversions' }),
    node(
      'bodiedExtension',
      { extensionType: 'com.example.macros', extensionKey: 'excerpt' },
      paragraph('An excerpt from the wiki.'),
    ),
    node(
      'layoutSection',
      undefined,
      node('layoutColumn', { width: 50 }, paragraph('Left column.')),
      node('layoutColumn', { width: 50 }, paragraph('Right column.')),
    ),
  );
