import {
  codeSpan,
  destination,
  escapeInLink,
  escapeLineStart,
  escapeText,
  isAutolink,
  oneLineOf,
  shieldExclamation,
  signsAlone,
} from './escape.ts';
import { type Mark, marksOf, sameMarks } from './marks.ts';
import { arrayOf, type Fields, fieldsOf, ownText, plainText, stringOf } from './nodes.ts';
import { maxDepth, type Place, spend } from './place.ts';

/** A part of a line: text that is still to be escaped, finished Markdown, or a line break. */
interface Run {
  kind: 'text' | 'markdown' | 'break';
  text: string;
  marks: readonly Mark[];
}

/** A mark that is open. How it is written is decided when it closes, because both ends must agree. */
interface OpenMark {
  mark: Mark;
  slot: number;
  before: string;
}

export const inlineTypes = new Set([
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

const none: ReadonlySet<string> = new Set();

export function renderInline(nodes: readonly unknown[], place: Place): string {
  const runs: Run[] = [];
  for (const node of nodes) collectRuns(node, runs, place, place.depth);
  // Marks and links bring signs of their own, and in a table the next paragraph is on the same line.
  const isPlain = !place.oneLine && runs.every(({ kind, marks }) => kind !== 'markdown' && marks.length === 0);
  const alone = isPlain ? signsAlone(runs.map(({ text }) => text)) : none;
  const pieces: string[] = [];
  const open: OpenMark[] = [];
  // White space is held back here, because Markdown requires it outside of emphasis.
  let space = '';
  let atLineStart = true;
  let afterBreak = false;

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
    if (place.budget.left <= 0) return;
    if (run.kind === 'break') {
      spend(place, 4 + place.prefix.length);
      // A line with nothing but its break needs a backslash to be one.
      const isEmpty = pieces.length === 0 || afterBreak;
      afterBreak = true;
      if (place.oneLine) space += '<br>';
      else space = `${isEmpty ? `${space}\\` : '  '}\n${place.prefix}`;
      atLineStart = true;
      return;
    }
    let text = run.kind === 'text' ? run.text.slice(0, place.budget.left) : run.text;
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
      // Adjacent texts with the same marks are one run, so a delimiter or markup comes next.
      const after = trailing || (index + 1 < runs.length ? '*' : '');
      text = escapeText(text, {
        before: lastCharacter(pieces),
        after,
        inLink: run.marks.some(mark => mark.open === '['),
        inStrike: run.marks.some(mark => mark.key === 'strike'),
        alone,
      });
      if (atLineStart && !place.oneLine && open.length === 0) text = escapeLineStart(text);
    } else if (opening.length === 0 && text.startsWith('[')) shieldExclamation(pieces);
    spend(place, text.length + space.length + markup(run));
    pieces.push(text);
    space = trailing;
    atLineStart = false;
    afterBreak = false;
  });
  closeDownTo(0, '');
  return pieces.join('');
}

/** How much is written around a text for its marks. */
function markup({ marks }: Run): number {
  return marks.reduce((sum, { open, close }) => sum + open.length + close.length, 0);
}

function collectRuns(value: unknown, runs: Run[], place: Place, depth: number): void {
  if (!spend(place, 1)) return;
  const node = fieldsOf(value);
  const type = stringOf(node.type);
  if (depth >= maxDepth) {
    pushText(runs, `${plainText(node, place.budget.left)} `, []);
    return;
  }
  const { marks, isCode } = marksOf(node);
  const markdown = isCode
    ? codeSpan(oneLineOf(stringOf(node.text).slice(0, place.budget.left)))
    : inlineMarkdown(node, type, place);
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
    pushText(runs, ownText(node).slice(0, Math.max(0, place.budget.left)), marks);
  }
  const content = arrayOf(node.content);
  for (const child of content) collectRuns(child, runs, place, depth + 1);
  // A block inside inline content: what follows must not join its last word.
  if (content.length > 0) pushText(runs, ' ', []);
}

/** The Markdown of a node that is more than text; undefined for any other. */
function inlineMarkdown(node: Fields, type: string, { isNamed }: Place): string | undefined {
  const attrs = fieldsOf(node.attrs);
  const url = stringOf(attrs.url);
  switch (type) {
    case 'mention':
      // Without its text a mention has no name that could be read.
      return attrs.id && !(isNamed && attrs.text)
        ? `[${escapeInLink(ownText(node))}](${destination(`accountid:${stringOf(attrs.id)}`)})`
        : undefined;
    case 'inlineCard':
    case 'blockCard':
    case 'embedCard':
      return isAutolink(url) ? `<${url}>` : undefined;
    case 'media':
      return url === ''
        ? undefined
        : `[${escapeInLink(oneLineOf(stringOf(attrs.alt))) || 'picture'}](${destination(url)})`;
    default:
      return undefined;
  }
}

/** Adds text. Adjacent texts with the same marks become one run, so that escaping sees all of it; line feeds become breaks. */
function pushText(runs: Run[], text: string, marks: readonly Mark[]): void {
  for (const [index, line] of (/[\r\n]/.test(text) ? text.split(/\r\n|\r|\n/) : [text]).entries()) {
    if (index > 0) runs.push({ kind: 'break', text: '', marks: [] });
    const last = runs.at(-1);
    if (last?.kind === 'text' && sameMarks(last.marks, marks)) last.text += line;
    else if (line !== '') runs.push({ kind: 'text', text: line, marks });
  }
}

/** How many runs a mark spans, within a limited lookahead: marks that span more must open first. */
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

function lastCharacter(pieces: readonly string[]): string {
  const last = pieces.at(-1);
  // An empty piece is the place of a mark that is still open: a delimiter will be written there.
  return last === '' ? '*' : (last?.slice(-1) ?? '');
}
