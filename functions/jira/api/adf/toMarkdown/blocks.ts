import { codeSpan, escapePipes, longestBacktickRun, oneLineOf } from './escape.ts';
import { inlineTypes, renderInline } from './inline.ts';
import { arrayOf, type Fields, fieldsOf, ownText, plainText, stringOf } from './nodes.ts';
import { blankLine, maxDepth, newLine, type Place, spend } from './place.ts';

/** The kind of Markdown list for each list node. Two lists of one kind in a row would be read as one. */
const listKinds = new Map([
  ['bulletList', 'bullet'],
  ['taskList', 'bullet'],
  ['decisionList', 'bullet'],
  ['orderedList', 'ordered'],
]);

export function renderBlocks(nodes: readonly unknown[], place: Place): string {
  let markdown = '';
  let previousKind: string | undefined;
  let alternate = false;
  // Each node costs something and so does each line's prefix, so that neither many nor deeply nested ones add up.
  for (let index = 0; index < nodes.length && spend(place, 2 + 2 * place.prefix.length); index++) {
    const node = fieldsOf(nodes[index]);
    const type = stringOf(node.type);
    let block: string;
    const kind = listKinds.get(type);
    const twin = kind !== undefined && kind === previousKind;
    if (inlineTypes.has(type)) {
      const start = index;
      while (inlineTypes.has(stringOf(fieldsOf(nodes[index + 1]).type))) index++;
      block = renderInline(nodes.slice(start, index + 1), place);
    } else {
      block = renderBlock(node, type, place, twin && !alternate);
    }
    if (block === '') continue;
    alternate = twin && !alternate;
    if (markdown !== '') markdown += canFollowDirectly(node, type, place) ? newLine(place) : blankLine(place);
    markdown += block;
    previousKind = kind;
  }
  return markdown;
}

/** A nested list directly follows the paragraph of its item, except a list that starts at another number than 1, which would be read as text. */
function canFollowDirectly(node: Fields, type: string, place: Place): boolean {
  if (!listKinds.has(type)) return false;
  return (
    place.prefix.endsWith(' ') && !place.prefix.endsWith('> ') && (type !== 'orderedList' || listStart(node) === 1)
  );
}

function renderBlock(node: Fields, type: string, place: Place, alternate: boolean): string {
  if (place.depth >= maxDepth) return renderInline([{ type: 'text', text: plainText(node, place.budget.left) }], place);
  const attrs = fieldsOf(node.attrs);
  const content = arrayOf(node.content);
  const inside = { ...place, depth: place.depth + 1 };
  switch (type) {
    case 'doc':
      return renderBlocks(content, inside);
    case 'paragraph':
    case 'caption':
      return renderInline(content, place);
    case 'heading':
      return renderHeading(content, attrs.level, place);
    case 'bulletList':
    case 'taskList':
    case 'decisionList':
      return renderList(content, inside, () => (alternate ? '* ' : '- '));
    case 'orderedList': {
      let number = listStart(node);
      return renderList(content, inside, () => `${number++}${alternate ? ')' : '.'} `);
    }
    case 'decisionItem':
      return renderInline([{ type: 'text', text: 'Decision: ' }, ...content], place);
    case 'taskItem':
    case 'blockTaskItem':
      return (attrs.state === 'DONE' ? '[x] ' : '[ ] ') + renderBlocks(content, inside);
    case 'codeBlock':
      return renderCodeBlock(node, stringOf(attrs.language), place);
    case 'blockquote':
      return renderQuote(content, '', inside);
    case 'panel':
      return renderQuote(content, panelLabel(attrs), inside);
    case 'expand':
    case 'nestedExpand': {
      const title = { type: 'text', text: stringOf(attrs.title), marks: [{ type: 'strong' }] };
      return renderBlocks([{ type: 'paragraph', content: [title] }, ...content], inside);
    }
    case 'rule':
      return content.length === 0 && !place.oneLine ? '---' : renderBlocks(content, inside);
    case 'table':
      return renderTable(content, inside);
    case 'media':
    case 'blockCard':
    case 'embedCard':
    case 'extension':
    case 'syncBlock':
      return renderInline([node], place);
    case 'bodiedExtension':
      return renderBlocks([{ type: 'inlineExtension', attrs }, ...content], inside);
    default: {
      // Layouts, media groups and unknown nodes: their own text, then their children.
      const text = ownText(node);
      const own = text === '' ? [] : [{ type: 'paragraph', content: [{ type: 'text', text }] }];
      return renderBlocks([...own, ...content], inside);
    }
  }
}

function renderHeading(content: readonly unknown[], level: unknown, place: Place): string {
  const text = renderInline(content, { ...place, oneLine: true });
  if (text === '' || place.oneLine) return text;
  const hashes = '#'.repeat(typeof level === 'number' && level >= 1 && level <= 6 ? Math.floor(level) : 1);
  // A # at the end of a heading would be read as its closing sequence.
  return `${hashes} ${text.endsWith('#') ? `${text.slice(0, -1)}\\#` : text}`;
}

function renderList(items: readonly unknown[], place: Place, nextMarker: () => string): string {
  let markdown = '';
  for (const value of items) {
    if (!spend(place, 4 + place.prefix.length)) break;
    const item = fieldsOf(value);
    const type = stringOf(item.type);
    if (markdown !== '') markdown += newLine(place);
    if (listKinds.has(type)) {
      // A nested task list follows the item it belongs to, and is not inside it.
      const nested = { ...place, prefix: `${place.prefix}  ` };
      markdown += (place.oneLine || markdown === '' ? '' : '  ') + renderBlock(item, type, nested, false);
      continue;
    }
    const marker = nextMarker();
    const inside = { ...place, prefix: place.prefix + ' '.repeat(marker.length) };
    const isPlain = type === 'listItem' && item.text === undefined;
    const text = isPlain ? renderBlocks(arrayOf(item.content), inside) : renderBlocks([item], inside);
    markdown += text === '' ? marker.trimEnd() : marker + text;
  }
  return markdown;
}

function listStart(list: Fields): number {
  const order = fieldsOf(list.attrs).order;
  return typeof order === 'number' && order >= 0 && order < 1e9 ? Math.floor(order) : 1;
}

function renderQuote(content: readonly unknown[], label: string, place: Place): string {
  const inside = { ...place, prefix: `${place.prefix}> ` };
  const text = renderBlocks(content, inside);
  if (label === '') return text === '' ? '' : `> ${text}`;
  return text === '' ? `> ${label}` : `> ${label}${newLine(inside)}${text}`;
}

function panelLabel(attrs: Fields): string {
  const type = stringOf(attrs.panelType).replace(/\W/g, '') || 'info';
  const icon = type === 'custom' ? stringOf(attrs.panelIconText) : '';
  return `[!${type.toUpperCase()}]${icon && ` ${oneLineOf(icon)}`}`;
}

const MAX_LANGUAGE = 50;

function renderCodeBlock(node: Fields, language: string, place: Place): string {
  const lines = plainText(node, place.budget.left, '').split('\n');
  const shown = lines.filter(line => spend(place, line.length + 1 + place.prefix.length));
  const code = shown.join('\n');
  if (place.oneLine) return code.split('\n').filter(Boolean).map(codeSpan).join(newLine(place));
  const fence = '`'.repeat(Math.max(3, longestBacktickRun(code) + 1));
  const written = shown.map(line => (line === '' ? place.prefix.trimEnd() : place.prefix + line));
  return `${fence}${language.slice(0, MAX_LANGUAGE).replace(/[\s`]+/g, '')}\n${written.join('\n')}\n${place.prefix}${fence}`;
}

/** As many as the spans of a table that people make. */
const SPARE_CELLS = 400;

function renderTable(rows: readonly unknown[], place: Place): string {
  const cellPlace = { ...place, prefix: '', oneLine: true };
  const lines: string[][] = [];
  /** For each column, how many of the next rows a cell above still spans. */
  const covered: number[] = [];
  let columns = 0;
  let loose = '';
  // Empty cells stand for spans. There are about as many as others at the most, else a small table would become a big one.
  let spare = SPARE_CELLS;
  for (const row of rows) {
    if (!spend(place, 2 + place.prefix.length)) break;
    if (fieldsOf(row).type !== 'tableRow') {
      const text = renderBlocks([row], place);
      if (text !== '') loose += blankLine(place) + text;
      continue;
    }
    const line: string[] = [];
    for (const value of arrayOf(fieldsOf(row).content)) {
      if (!spend(place, 3)) break;
      while (uncover(covered, line.length)) line.push('');
      const cell = fieldsOf(value);
      const { colspan, rowspan } = fieldsOf(cell.attrs);
      const isCell = cell.type === 'tableCell' || cell.type === 'tableHeader';
      const text = renderBlocks(isCell ? arrayOf(cell.content) : [cell], cellPlace);
      const escaped = escapePipes(text.slice(0, Math.max(0, place.budget.left)));
      spend(place, escaped.length - text.length);
      const wide = Math.min(spanOf(colspan), spare);
      const high = Math.min(spanOf(rowspan), Math.floor(spare / wide));
      spare += 2 - wide * high;
      for (let span = 0; span < wide; span++) {
        covered[line.length] = high - 1;
        line.push(span === 0 ? escaped : '');
      }
    }
    while (uncover(covered, line.length)) line.push('');
    columns = Math.max(columns, line.length);
    lines.push(line);
  }
  if (columns === 0) return loose.trimStart();
  const header = isHeaderRow(rows[0]) ? (lines.shift() ?? []) : [];
  const wide = [...header, ...Array<string>(columns - header.length).fill('')];
  const table = [wide, Array<string>(columns).fill('---'), ...lines];
  return table.map(line => `| ${line.join(' | ')} |`).join(newLine(place)) + loose;
}

/** Whether a cell above spans this column; counts its remaining rows down. */
function uncover(covered: number[], column: number): boolean {
  const left = covered[column] ?? 0;
  if (left > 0) covered[column] = left - 1;
  return left > 0;
}

function isHeaderRow(row: unknown): boolean {
  const cells = arrayOf(fieldsOf(row).content);
  return cells.length > 0 && cells.every(cell => fieldsOf(cell).type === 'tableHeader');
}

function spanOf(value: unknown): number {
  return typeof value === 'number' && value > 1 ? Math.min(Math.floor(value), 100) : 1;
}
