import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * What every text begins with that `npm run new` wrote and nobody has made their own. It works all the same, so that a new
 * action or system can be tried at once; `npm run check` refuses it.
 */
export const MARK = 'TODO: ';

/** Where TypeScript declares a text that people or models read, up to its quotation mark. */
const beforeText =
  /(?:^ +title:|\b(?:description|about|advice):|\b(?:describe|key|id|heading|link|summary)\()\s*['"`]/gm;

/** Marks the texts of an action, a schema or a setting. */
export function markTexts(source: string): string {
  return source.replace(beforeText, `$&${MARK}`);
}

/** Marks the texts of a system's declaration. Its title stays: it is what the system was called when it was made. */
export function markSystem(source: string): string {
  const title = new RegExp(`(^  title: ['"])${MARK}`, 'm');
  return markTexts(source)
    .replace(title, '$1')
    .replace(/\btoolsets: \{[^{}]*\}/, toolsets => toolsets.replace(/: (['"])/g, `: $1${MARK}`));
}

/**
 * Marks the lines of a facade and of settings that name, in a text, an action or an address of the example: errors say
 * what to call next, and samples where the system is.
 */
export function markMentions(source: string, actions: readonly string[]): string {
  const mention = new RegExp(`['"\`][^'"\`]*(?:\\b(?:${actions.join('|')})\\b|\\.example\\.com\\b)|\\bthing: ['"\`]`);
  return source
    .split('\n')
    .map(line => {
      if (!mention.test(line) || line.includes(MARK)) return line;
      return `${/^ */.exec(line)?.[0]}// ${MARK}the next line tells of the example.\n${line}`;
    })
    .join('\n');
}

/** Says under a page's heading that it is another's. */
export function markPage(markdown: string): string {
  return markdown.replace(
    /^# .*\n/,
    `$&\n${MARK}this page is the example's. Write what your system needs and how it is made.\n`,
  );
}

export interface Placeholder {
  /** `functions/jira/actions/getProjectLead.ts:9` */
  place: string;
  /** What stands there, without the mark. */
  text: string;
  /** What to write there; undefined where the text itself says so. */
  write: string | undefined;
}

/** What to write, by the property that a text is the value of. */
const wanted: Readonly<Record<string, string>> = {
  title: 'what it does, in a few words, in sentence case, with no full stop',
  description: 'what it is, and where to find or how to choose it',
  about: 'what the system holds, in a sentence',
  advice: 'which action to use for what',
};
const ofAction = 'what it returns, when to use it, and when to use which other action instead';
const ofToolset = 'what the actions of the toolset are for, in a word or two';
const ofField = 'what the field holds, and for an input an example such as ABC-12';

/** What of the systems, and of their tests, is still as `npm run new` wrote it. */
export function findPlaceholders(root: string): Placeholder[] {
  const systems = globSync('functions/*/system.ts', { cwd: root }).map(path => basename(dirname(path)));
  const files = systems.flatMap(system => globSync(`{functions,tests}/${system}/**/*.{ts,md}`, { cwd: root }));
  return files
    .map(file => file.replaceAll('\\', '/'))
    .sort()
    .flatMap(file => placeholdersIn(file, readFileSync(join(root, file), 'utf8')));
}

/** The placeholders in a file's text. */
export function placeholdersIn(file: string, text: string): Placeholder[] {
  return [...text.matchAll(new RegExp(`\\b${MARK}`, 'g'))].map(({ index }) => {
    const before = text.slice(0, index);
    const [line = ''] = text.slice(index + MARK.length).split('\n');
    return {
      place: `${file}:${before.split('\n').length}`,
      text: isQuoted(before) ? line.slice(0, lastQuotation(line)).trimEnd() : line,
      write: whatToWrite(file, before),
    };
  });
}

/** Whether a text ends with a quotation mark. */
const isQuoted = (text: string) => /['"`]$/.test(text);

/** Where a line's last quotation mark is, or its end. */
function lastQuotation(line: string): number {
  const at = Math.max(...['"', "'", '`'].map(mark => line.lastIndexOf(mark)));
  return at < 0 ? line.length : at;
}

/** By what stands before the text; undefined for a comment, a test and a paragraph. */
function whatToWrite(file: string, before: string): string | undefined {
  const opening = isQuoted(before) ? before.slice(0, -1).trimEnd() : '';
  const line = opening.slice(opening.lastIndexOf('\n') + 1);
  const name =
    line
      .slice(0, -1)
      .split(/[^\w'-]/)
      .at(-1) ?? '';
  if (line.endsWith('(')) return name === 'todo' ? undefined : ofField;
  if (!line.endsWith(':')) return undefined;
  if (line.includes('toolsets:')) return ofToolset;
  if (line === '  description:' && file.includes('/actions/')) return ofAction;
  return wanted[name];
}
