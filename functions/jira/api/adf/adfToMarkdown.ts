/** Where a block is written: what starts each of its lines, and whether everything must stay on one line. */
interface Place {
  prefix: string;
  /** In a table cell or a heading: lines are parted by `<br>`. */
  oneLine: boolean;
  depth: number;
}

/** Formatting that Markdown can show. A delimiter that its neighbours would break is written as an HTML tag. */
interface Mark {
  key: string;
  delimiter?: string;
  open: string;
  close: string;
}

/** A stretch of a line: text (to be escaped) or finished Markdown, or a line break. */
interface Run {
  kind: 'text' | 'markdown' | 'break';
  text: string;
  marks: readonly Mark[];
}

/** A mark that has been opened; how it is written is decided when it closes, because both ends must agree. */
interface OpenMark {
  mark: Mark;
  slot: number;
  before: string;
}

type Fields = Readonly<Record<string, unknown>>;

const noFields: Fields = {};

/** Below this many levels only the text is kept: no person nests as deep, and a stack has an end. */
const maxDepth = 64;

const wrappers = new Map<string, Mark>(
  Object.entries({
    strong: { key: 'strong', delimiter: '**', open: '<strong>', close: '</strong>' },
    em: { key: 'em', delimiter: '_', open: '<em>', close: '</em>' },
    strike: { key: 'strike', delimiter: '~~', open: '<del>', close: '</del>' },
    underline: { key: 'underline', open: '<u>', close: '</u>' },
    sub: { key: 'sub', open: '<sub>', close: '</sub>' },
    sup: { key: 'sup', open: '<sup>', close: '</sup>' },
  }),
);

const inlineTypes = new Set([
  'text',
  'hardBreak',
  'mention',
  'emoji',
  'date',
  'status',
  'inlineCard',
  'mediaInline',
  'placeholder',
  'inlineExtension',
]);

/** The kind of Markdown list that each list node becomes: two of one kind in a row would read as one list. */
const listKinds = new Map([
  ['bulletList', 'bullet'],
  ['taskList', 'bullet'],
  ['decisionList', 'bullet'],
  ['orderedList', 'ordered'],
]);

/**
 * Renders an Atlassian Document Format document as GitHub-flavoured Markdown. No text is ever lost: nodes that
 * Markdown cannot show, unknown ones and those below a depth that no person reaches give their text.
 *
 * A mention is `[@Ana Ruiz](accountid:5b10…)`, a panel an alert (`> [!INFO]`), a file `[attachment: plan.pdf]`.
 * A string is given back as it is (API v2 answers plain text); null and undefined give ''.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function adfToMarkdown(document: unknown): string {
  if (typeof document === 'string') return document;
  const nodes = Array.isArray(document) ? document : [document];
  return renderBlocks(nodes, { prefix: '', oneLine: false, depth: 0 });
}

function renderBlocks(nodes: readonly unknown[], place: Place): string {
  let markdown = '';
  let previousKind: string | undefined;
  let alternate = false;
  for (let index = 0; index < nodes.length; index++) {
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

/** In a list item a nested list keeps to its paragraph; but a list that starts at 2 would be read as more text. */
function canFollowDirectly(node: Fields, type: string, place: Place): boolean {
  if (!listKinds.has(type)) return false;
  return (
    place.prefix.endsWith(' ') && !place.prefix.endsWith('> ') && (type !== 'orderedList' || listStart(node) === 1)
  );
}

function renderBlock(node: Fields, type: string, place: Place, alternate: boolean): string {
  if (place.depth >= maxDepth) return renderInline([{ type: 'text', text: plainText(node) }], place);
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
      // Layouts, media groups and whatever the format gains next: their own text, then their children.
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
  // A heading's last # would be taken for its closing sequence.
  return `${hashes} ${text.endsWith('#') ? `${text.slice(0, -1)}\\#` : text}`;
}

function renderList(items: readonly unknown[], place: Place, nextMarker: () => string): string {
  let markdown = '';
  for (const value of items) {
    const item = fieldsOf(value);
    const type = stringOf(item.type);
    if (markdown !== '') markdown += newLine(place);
    if (listKinds.has(type)) {
      // Task lists nest beside the item they belong to, not in it.
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

function renderCodeBlock(node: Fields, language: string, place: Place): string {
  const code = plainText(node, '');
  if (place.oneLine) return code.split('\n').filter(Boolean).map(codeSpan).join(newLine(place));
  const fence = '`'.repeat(Math.max(3, longestBacktickRun(code) + 1));
  const lines = code.split('\n').map(line => (line === '' ? place.prefix.trimEnd() : place.prefix + line));
  return `${fence}${language.replace(/[\s`]+/g, '')}\n${lines.join('\n')}\n${place.prefix}${fence}`;
}

function renderTable(rows: readonly unknown[], place: Place): string {
  const cellPlace = { ...place, prefix: '', oneLine: true };
  const lines: string[][] = [];
  /** For each column, how many of the coming rows a cell from above still covers. */
  const covered: number[] = [];
  let columns = 0;
  let loose = '';
  for (const row of rows) {
    if (fieldsOf(row).type !== 'tableRow') {
      const text = renderBlocks([row], place);
      if (text !== '') loose += blankLine(place) + text;
      continue;
    }
    const line: string[] = [];
    for (const value of arrayOf(fieldsOf(row).content)) {
      while (uncover(covered, line.length)) line.push('');
      const cell = fieldsOf(value);
      const { colspan, rowspan } = fieldsOf(cell.attrs);
      const isCell = cell.type === 'tableCell' || cell.type === 'tableHeader';
      const text = renderBlocks(isCell ? arrayOf(cell.content) : [cell], cellPlace);
      for (let span = 0; span < spanOf(colspan); span++) {
        covered[line.length] = spanOf(rowspan) - 1;
        line.push(span === 0 ? escapePipes(text) : '');
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

/** Counts a cell from above down, and says whether it still covers this column. */
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

/** A pipe ends a cell unless an odd number of backslashes stands before it, even in code. */
function escapePipes(text: string): string {
  return text.includes('|')
    ? text.replace(/(\\*)\|/g, (_, slashes: string) => `${slashes}${slashes.length % 2 ? '\\\\|' : '\\|'}`)
    : text;
}

function newLine(place: Place): string {
  return place.oneLine ? '<br>' : `\n${place.prefix}`;
}

function blankLine(place: Place): string {
  return place.oneLine ? '<br>' : `\n${place.prefix.trimEnd()}\n${place.prefix}`;
}

function renderInline(nodes: readonly unknown[], place: Place): string {
  const runs: Run[] = [];
  for (const node of nodes) collectRuns(node, runs, place.depth);
  const pieces: string[] = [];
  const open: OpenMark[] = [];
  // White space waits here, because Markdown wants it outside of what it emphasises.
  let space = '';
  let atLineStart = true;

  function closeDownTo(count: number, following: string): void {
    const lowest = open[count]?.slot ?? 0;
    for (const { mark, slot, before } of open.splice(count).reverse()) {
      const after = slot > lowest ? '*' : following;
      const last = lastCharacter(pieces);
      const first = pieces[slot + 1]?.charAt(0) ?? '';
      const plain =
        mark.delimiter !== undefined && flanks(mark.delimiter, before, first) && flanks(mark.delimiter, after, last);
      pieces[slot] = plain && mark.delimiter ? mark.delimiter : mark.open;
      pieces.push(plain && mark.delimiter ? mark.delimiter : mark.close);
    }
  }

  runs.forEach((run, index) => {
    if (run.kind === 'break') {
      // A line that holds nothing but its break needs a sign to be one.
      const isEmpty = pieces.length === 0 || space.includes('\n');
      if (place.oneLine) space += '<br>';
      else space = `${isEmpty ? `${space}\\` : '  '}\n${place.prefix}`;
      atLineStart = true;
      return;
    }
    let text = run.text;
    if (run.kind === 'text') {
      const start = text.length - text.trimStart().length;
      if (!atLineStart || place.oneLine) space += text.slice(0, start);
      text = text.slice(start);
      if (text === '') return;
    }
    const trailing = run.kind === 'text' ? text.slice(text.trimEnd().length) : '';
    text = text.slice(0, text.length - trailing.length);

    let kept = 0;
    while (kept < open.length && run.marks.some(mark => mark.key === open[kept]?.mark.key)) kept++;
    const opening = run.marks.filter(mark => !open.slice(0, kept).some(other => other.mark.key === mark.key));
    opening.sort((a, b) => reach(runs, index, b) - reach(runs, index, a));

    closeDownTo(kept, space.charAt(0) || (opening.length > 0 ? '*' : text.charAt(0)));
    if (space !== '') pieces.push(space);
    for (const mark of opening) {
      if (mark.open === '[') shieldExclamation(pieces);
      open.push({ mark, slot: pieces.length, before: lastCharacter(pieces) });
      pieces.push('');
    }
    if (run.kind === 'text') {
      // Neighbours of the same marks are one run, so a delimiter or markup comes next.
      const after = trailing || (index + 1 < runs.length ? '*' : '');
      text = escapeText(text, lastCharacter(pieces), after, run);
      if (atLineStart && !place.oneLine && open.length === 0) text = escapeLineStart(text);
    } else if (opening.length === 0 && text.startsWith('[')) shieldExclamation(pieces);
    pieces.push(text);
    space = trailing;
    atLineStart = false;
  });
  closeDownTo(0, '');
  return pieces.join('');
}

function collectRuns(value: unknown, runs: Run[], depth: number): void {
  const node = fieldsOf(value);
  const type = stringOf(node.type);
  if (depth >= maxDepth) {
    pushText(runs, `${plainText(node)} `, []);
    return;
  }
  const { marks, isCode } = marksOf(node);
  const markdown = isCode ? codeSpan(oneLineOf(stringOf(node.text))) : inlineMarkdown(node, type);
  if (markdown !== undefined) {
    if (markdown !== '') runs.push({ kind: 'markdown', text: markdown, marks });
  } else if (
    type === 'text' &&
    marks.some(mark => mark.key === `link:${stringOf(node.text)}`) &&
    isAutolink(stringOf(node.text))
  ) {
    const others = marks.filter(mark => mark.open !== '[');
    runs.push({ kind: 'markdown', text: `<${stringOf(node.text)}>`, marks: others });
  } else {
    pushText(runs, ownText(node), marks);
  }
  const content = arrayOf(node.content);
  for (const child of content) collectRuns(child, runs, depth + 1);
  // A block where a line was expected: what follows is not part of its last word.
  if (content.length > 0) pushText(runs, ' ', []);
}

/** The Markdown of a node that is more than text, or undefined. */
function inlineMarkdown(node: Fields, type: string): string | undefined {
  const attrs = fieldsOf(node.attrs);
  const url = stringOf(attrs.url);
  switch (type) {
    case 'mention':
      return attrs.id
        ? `[${escapeInLink(ownText(node))}](${destination(`accountid:${stringOf(attrs.id)}`)})`
        : undefined;
    case 'inlineCard':
    case 'blockCard':
    case 'embedCard':
      return isAutolink(url) ? `<${url}>` : undefined;
    case 'media':
      return url === '' ? undefined : `![${escapeInLink(oneLineOf(stringOf(attrs.alt)))}](${destination(url)})`;
    default:
      return undefined;
  }
}

/** The text that a node itself holds, without its children's. */
function ownText(node: Fields): string {
  const attrs = fieldsOf(node.attrs);
  switch (node.type) {
    case 'text':
      return stringOf(node.text);
    case 'hardBreak':
      return '\n';
    case 'mention': {
      const name = stringOf(attrs.text) || stringOf(attrs.id);
      return name.startsWith('@') ? name : `@${name}`;
    }
    case 'emoji':
      return stringOf(attrs.text) || stringOf(attrs.shortName);
    case 'date':
      return isoDay(attrs.timestamp);
    case 'status':
      return `[${stringOf(attrs.text)}]`;
    case 'media':
    case 'mediaInline': {
      const name = [attrs.alt, attrs.fileName, attrs.name, attrs.url, attrs.id].map(stringOf).find(Boolean);
      return `[attachment: ${name ?? 'unnamed'}]`;
    }
    case 'inlineCard':
    case 'blockCard':
    case 'embedCard':
      return [stringOf(attrs.url), ...stringsIn(attrs.data), ...stringsIn(attrs.datasource)].filter(Boolean).join(' ');
    case 'extension':
    case 'inlineExtension':
    case 'bodiedExtension': {
      const label = `[extension: ${stringOf(attrs.extensionKey) || stringOf(attrs.extensionType)}]`;
      return [label, stringOf(attrs.text), ...stringsIn(attrs.parameters)].filter(Boolean).join(' ');
    }
    case 'syncBlock':
      return `[synced block: ${stringOf(attrs.resourceId)}]`;
    case 'panel':
      return stringOf(attrs.panelIconText);
    default:
      return [node.text, attrs.text, attrs.title, attrs.label, attrs.name, attrs.alt, attrs.url, attrs.shortName]
        .map(stringOf)
        .filter(Boolean)
        .join(' ');
  }
}

/** All text of a tree, in reading order, without recursion. */
function plainText(root: Fields, separator = ' '): string {
  const texts: string[] = [];
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const node = fieldsOf(stack.pop());
    const text = ownText(node);
    if (text !== '') texts.push(text);
    const content = arrayOf(node.content);
    for (let index = content.length - 1; index >= 0; index--) stack.push(content[index]);
  }
  return texts.join(separator);
}

/** The strings in a value of any shape; a macro's metadata describes the macro, not what somebody wrote. */
function stringsIn(root: unknown): string[] {
  const texts: string[] = [];
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value === 'string') {
      if (value !== '') texts.push(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value).reverse()) if (key !== 'macroMetadata') stack.push(child);
    }
  }
  return texts;
}

/** Adds text, one run for all neighbours of the same marks, so that escaping sees it whole; line feeds are breaks. */
function pushText(runs: Run[], text: string, marks: readonly Mark[]): void {
  for (const [index, line] of (/[\r\n]/.test(text) ? text.split(/\r\n|\r|\n/) : [text]).entries()) {
    if (index > 0) runs.push({ kind: 'break', text: '', marks: [] });
    const last = runs.at(-1);
    if (last?.kind === 'text' && sameMarks(last.marks, marks)) last.text += line;
    else if (line !== '') runs.push({ kind: 'text', text: line, marks });
  }
}

function marksOf(node: Fields): { marks: Mark[]; isCode: boolean } {
  const marks: Mark[] = [];
  let isCode = false;
  for (const value of arrayOf(node.marks)) {
    const { type, attrs } = fieldsOf(value);
    const mark =
      type === 'link'
        ? linkMark(fieldsOf(attrs))
        : wrappers.get(stringOf(type === 'subsup' ? fieldsOf(attrs).type : type));
    if (type === 'code') isCode = node.type === 'text' && stringOf(node.text).trim() !== '';
    else if (mark && !marks.some(other => other.key === mark.key)) marks.push(mark);
  }
  return { marks, isCode };
}

function linkMark(attrs: Fields): Mark {
  const href = stringOf(attrs.href);
  const title = oneLineOf(stringOf(attrs.title)).replace(/[\\"]/g, '\\$&');
  return { key: `link:${href}`, open: '[', close: `](${destination(href)}${title && ` "${title}"`})` };
}

function sameMarks(some: readonly Mark[], others: readonly Mark[]): boolean {
  return some.length === others.length && some.every(mark => others.some(other => other.key === mark.key));
}

/** How many runs a mark lasts, looking ahead a little: what lasts longer must open first. */
function reach(runs: readonly Run[], from: number, mark: Mark): number {
  let index = from + 1;
  for (; index < from + 16; index++) {
    const run = runs[index];
    if (run === undefined) break;
    if (run.kind !== 'break' && !run.marks.some(other => other.key === mark.key)) break;
  }
  return index;
}

/** Whether a delimiter between these two characters is read as one (CommonMark's flanking rules, on the safe side). */
function flanks(delimiter: string, outer: string, inner: string): boolean {
  return /^$|[\s\p{P}\p{S}]/u.test(outer) || (delimiter !== '_' && /[\p{L}\p{N}]/u.test(inner));
}

/** Escapes the signs that Markdown would take for its own where they stand; `before` and `after` are the neighbours. */
function escapeText(text: string, before: string, after: string, run: Run): string {
  if (!/[\\`*_~[\]<&]/.test(text)) return text;
  const inLink = run.marks.some(mark => mark.open === '[');
  const inStrike = run.marks.some(mark => mark.key === 'strike');
  return text.replace(/[\\`~[\]<]|&(?=#?\w+;)|\*+|_+/g, (signs, offset: number) => {
    const end = offset + signs.length;
    const previous = offset === 0 ? before : text.charAt(offset - 1);
    const next = end === text.length ? after : text.charAt(end);
    return isMarkup(signs, previous, next, inLink, inStrike) ? signs.replace(/./g, '\\$&') : signs;
  });
}

function isMarkup(signs: string, previous: string, next: string, inLink: boolean, inStrike: boolean): boolean {
  const standsAlone = /^\s?$/.test(previous) && /\s/.test(next);
  switch (signs.charAt(0)) {
    case '\\':
      return /^$|[!-/:-@[-`{-~]/.test(next);
    case '~':
      return inStrike || /\S/.test(previous);
    case '[':
      return inLink;
    case ']':
      return inLink || next === '(';
    case '<':
      return /\S/.test(next);
    case '*':
      return !standsAlone;
    case '_':
      return !standsAlone && !(/[\p{L}\p{N}]/u.test(previous) && /[\p{L}\p{N}]/u.test(next));
    default:
      return true;
  }
}

/** Escapes what would start a block, rather than a paragraph's line. */
function escapeLineStart(text: string): string {
  if (!/^[#>+\-*=_|:[\d]/.test(text)) return text;
  const numbered = /^(\d{1,9})([.)])(?=\s|$)/.exec(text);
  if (numbered) return `${numbered[1]}\\${text.slice(numbered[1]?.length)}`;
  const startsBlock = /^(?:#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|\[(?:[ xX]\]|!|[^\]]*\]:)|[|:\s]*[-_*=][-_*=|:\s]*$)/;
  return startsBlock.test(text) ? `\\${text}` : text;
}

function escapeInLink(text: string): string {
  return text.replace(/[\\`*[\]<]/g, '\\$&');
}

/** A link after "!" would be an image. */
function shieldExclamation(pieces: string[]): void {
  const last = pieces.at(-1);
  if (last?.endsWith('!')) pieces[pieces.length - 1] = `${last.slice(0, -1)}\\!`;
}

function codeSpan(code: string): string {
  const fence = '`'.repeat(longestBacktickRun(code) + 1);
  const padding = /^`|`$|^ .* $/.test(code) ? ' ' : '';
  return `${fence}${padding}${code}${padding}${fence}`;
}

function longestBacktickRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** A link's address as Markdown takes it whole. */
function destination(href: string): string {
  const safe = href.replace(/\s/g, encodeURIComponent).replace(/&(?=#?\w+;)/g, '&amp;');
  return safe === '' || /[()<>\\]/.test(safe) ? `<${safe.replace(/[<>\\]/g, '\\$&')}>` : safe;
}

function isAutolink(url: string): boolean {
  return /^https?:\/\/[^\s<>\\]+$/.test(url);
}

function isoDay(timestamp: unknown): string {
  const date = new Date(Number(timestamp));
  return Number.isNaN(date.getTime()) ? stringOf(timestamp) : date.toISOString().slice(0, 10);
}

function lastCharacter(pieces: readonly string[]): string {
  const last = pieces.at(-1);
  // An empty piece is a mark that is still open: a delimiter will stand there.
  return last === '' ? '*' : (last?.slice(-1) ?? '');
}

function oneLineOf(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, ' ');
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : noFields;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
