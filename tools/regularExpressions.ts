// Refuses regular expressions whose time is not linear in the length of the text: `node tools/regularExpressions.ts`, a
// part of `npm run check`. Literals are found by parsing the source; what the app builds from parts, by loading it.
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';
import { check } from 'recheck';

const root = resolve(import.meta.dirname, '..');

export interface RegularExpression {
  source: string;
  flags: string;
  /** Where it stands first: `shared/text.ts:18`. */
  place: string;
}

interface Found {
  literals: RegularExpression[];
  /** Where one is built from parts, which only running the code tells. */
  built: string[];
}

/** The regular expressions in a file's source. @throws Error when it cannot be parsed */
export function regularExpressionsIn(file: string, text: string): Found {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const placeOf = (start: number) => `${file}:${text.slice(0, start).split('\n').length}`;
  const found: Found = { literals: [], built: [] };
  const built = ({ callee, start }: { callee: { type: string; name?: unknown }; start: number }) => {
    if (callee.type === 'Identifier' && callee.name === 'RegExp') found.built.push(placeOf(start));
  };
  new Visitor({
    Literal(node) {
      if (!('regex' in node)) return;
      found.literals.push({ source: node.regex.pattern, flags: node.regex.flags, place: placeOf(node.start) });
    },
    NewExpression: built,
    CallExpression: built,
  }).visit(program);
  return found;
}

/** What is wrong with these, a sentence each; the same expression is looked at once. */
export async function faultsOf(expressions: readonly RegularExpression[]): Promise<string[]> {
  const distinct = new Map<string, RegularExpression>();
  for (const each of expressions) {
    const text = `/${each.source}/${each.flags}`;
    if (!distinct.has(text)) distinct.set(text, each);
  }
  const suspects = new Set<string>();
  const queue = distinct.entries();
  const work = async () => {
    for (const [text, each] of queue) if ((await look(each)).status !== 'safe') suspects.add(text);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const faults: string[] = [];
  for (const [text, each] of distinct) {
    if (!suspects.has(text)) continue;
    // What it measures, others at once and a busy machine disturb: what is true is found again, alone.
    const result = await look(each);
    if (result.status === 'safe') continue;
    const why =
      result.status === 'vulnerable'
        ? `takes ${result.complexity.summary} time, as for ${result.attack.pattern}`
        : `cannot be checked (${result.error.kind})`;
    faults.push(`${each.place}: ${text} ${why}`);
  }
  return faults;
}

const look = ({ source, flags }: RegularExpression) => check(source, flags, { timeout: 30_000 });

/** Code that meets foreign text while the app runs; the rest runs on a developer's machine. */
const isApp = (file: string) => /^(shared|functions)\//.test(file) && !file.includes('/sandbox/');

/** Loads these files and tells which regular expressions are built meanwhile, and where. */
async function builtWhileLoading(files: readonly string[]): Promise<RegularExpression[]> {
  const built: RegularExpression[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct(target, [pattern, flags]: [string | RegExp, string?], as) {
      const expression: RegExp = Reflect.construct(target, [pattern, flags], as);
      for (const [, url = '', line] of (new Error().stack ?? '').matchAll(/(file:\/\/[^\s():]+):(\d+):\d+/g)) {
        const file = relative(root, fileURLToPath(url));
        if (file === relative(root, import.meta.filename)) continue;
        const { source, flags: given } = expression;
        if (isApp(file)) built.push({ source, flags: given, place: `${file}:${line}` });
        break;
      }
      return expression;
    },
  });
  try {
    for (const file of files) await import(pathToFileURL(resolve(root, file)).href);
  } finally {
    globalThis.RegExp = original;
  }
  return built;
}

/** Every fault of the project's own regular expressions. */
async function projectFaults(): Promise<{ checked: number; faults: string[] }> {
  const files = ['shared', 'functions', 'tools', 'infra', 'examples'].flatMap(folder =>
    globSync(`${folder}/**/*.ts`, { cwd: root }),
  );
  const found = files.map(file => regularExpressionsIn(file, readFileSync(resolve(root, file), 'utf8')));
  const loaded = await builtWhileLoading(files.filter((file, index) => isApp(file) && found[index]?.built.length));
  const places = new Set(loaded.map(({ place }) => place));
  const unseen = found
    .flatMap(({ built }) => built)
    .filter(place => isApp(place) && !places.has(place))
    .map(place => `${place}: it is built while the app runs, so it cannot be checked. Write it as a literal.`);
  const expressions = [...found.flatMap(({ literals }) => literals), ...loaded];
  return { checked: expressions.length, faults: [...unseen, ...(await faultsOf(expressions))] };
}

if (process.argv[1] === import.meta.filename) {
  const { checked, faults } = await projectFaults();
  console.log([...faults, `${checked} regular expressions, ${faults.length} of them not linear.`].join('\n'));
  if (faults.length > 0) process.exitCode = 1;
}
