import { dirname, join, relative } from 'node:path/posix';
import type { System } from '../../shared/action/defineSystem.ts';
import { namesOf } from './systemName.ts';

/** What of a system has its name in it. */
export type Example = Pick<System, 'name' | 'title' | 'toolsets' | 'secrets'>;

/** How a file of an example becomes one of a new system. Paths are relative to the project. */
export interface Renaming {
  path(path: string): string;
  content(path: string, content: string): string;
}

/** Comments, texts in either quotes, templates, names: what TypeScript is made of as far as renaming is concerned. */
const token =
  /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*(?:'|\\?$)|"(?:[^"\\\n]|\\.)*(?:"|\\?$)|`(?:[^`\\]|\\[\s\S])*(?:`|\\?$)|[A-Za-z_$][\w$]*/gm;

/**
 * Renames an example's system. What is replaced is what the example declares: the folder, the constant and the types,
 * the beginning of its settings, its secrets, its toolsets, its route and its title. The same word for what the system
 * holds, such as a list `orders` in an answer of the system `orders`, stays.
 */
export function renameSystem(example: Example, newName: string): Renaming {
  const from = namesOf(example.name);
  const to = namesOf(newName);
  const startOfName = (name: string) => (name === from.name ? to.name : name.replace(`${from.name}-`, `${to.name}-`));
  const wholeTexts = new Map([from.name, ...Object.keys(example.toolsets)].map(name => [name, startOfName(name)]));
  const secrets = new Map(Object.keys(example.secrets).map(secret => [secret, startOfName(secret)]));

  const folders = [
    [`tests/examples/${from.name}`, `tests/${to.name}`],
    [`examples/${from.name}`, `functions/${to.name}`],
  ] as const;

  const path = (path: string) => {
    const [old, moved] = folders.find(([old]) => path === old || path.startsWith(`${old}/`)) ?? ['', ''];
    const place = moved + path.slice(old.length);
    if (!moved) return place;
    return place.replace(new RegExp(`/${from.constant}((\\.test)?\\.ts)$`), `/${to.constant}$1`);
  };

  /** What is replaced wherever it stands. */
  const everywhere: [RegExp, string][] = [
    [new RegExp(`\\b${from.setting}_`, 'g'), `${to.setting}_`],
    ...[...secrets].map(([old, secret]): [RegExp, string] => [new RegExp(`\\b${old}\\b`, 'g'), secret]),
    ...folders.map(([old, moved]): [RegExp, string] => [new RegExp(`\\b${old}\\b`, 'g'), moved]),
    [new RegExp(`/api/${from.name}/`, 'g'), `/api/${to.name}/`],
    [new RegExp(`\\b${example.title}\\b`, 'g'), to.title],
  ];
  const text = (content: string) =>
    everywhere.reduce((text, [old, replacement]) => text.replace(old, replacement), content);

  const importPath = (specifier: string, file: string) => {
    const target = path(join(dirname(file), specifier));
    const moved = relative(dirname(path(file)), target);
    return moved.startsWith('.') ? moved : `./${moved}`;
  };

  const typeName = new RegExp(`^(open|start)?${from.type}(?=[A-Z]|$)`);

  const code = (file: string, source: string): string =>
    source.replace(token, (found: string, at: number) => {
      const [quote] = found;
      if (found.startsWith('/')) return text(found);
      if (quote === '`') {
        const parts = found.split(/(\$\{[^{}]*\})/);
        return parts.map(part => (part.startsWith('${') ? code(file, part) : text(part))).join('');
      }
      if (quote === "'" || quote === '"') {
        const inside = found.slice(1, -1);
        if (/^\.{1,2}\//.test(inside)) return quote + importPath(inside, file) + quote;
        return quote + (wholeTexts.get(inside) ?? text(inside)) + quote;
      }
      if (found === from.constant) {
        const isDeclared = /(\b(let|const)\s+|\()$/.test(source.slice(Math.max(0, at - 20), at));
        const isKey = source[at + found.length] === ':' && !isDeclared;
        if (isKey) return file.endsWith('/system.ts') ? `'${to.name}'` : found;
        const isField = source[at - 1] === '.' && source[at - 2] !== '.';
        return isField ? found : to.constant;
      }
      return text(found.replace(typeName, (_, verb: string = '') => verb + to.type));
    });

  return { path, content: (file, content) => (file.endsWith('.ts') ? code(file, content) : text(content)) };
}
