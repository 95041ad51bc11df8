import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { systems } from '../functions/everySystem.ts';

const root = resolve(import.meta.dirname, '..');
const names = systems.map(({ name }) => name);

interface Import {
  from: string;
  to: string;
}

/** Imports between the project's own files; those of types alone do not count, and those by `import()` do. */
const imports: readonly Import[] = ['functions', 'shared', 'tools', 'infra']
  .flatMap(folder => globSync(`${folder}/**/*.ts`, { cwd: root }))
  .flatMap(file => {
    const text = readFileSync(join(root, file), 'utf8');
    const found = text.matchAll(/^(import(?! type\b)[^;]*?from |export [^;]*?from |.*\bimport\()['"](\.[^'"]+)['"]/gm);
    return [...found].map(([, , target = '']) => ({
      from: file,
      to: relative(root, resolve(root, dirname(file), target)),
    }));
  });

const systemOf = (file: string) => names.find(name => file.startsWith(`functions/${name}/`));
/** The room of a file in a system's folder: `actions`, `api`, `sandbox`, `system.ts`, `settings.ts`. */
const roomOf = (file: string) => file.split('/')[2] ?? '';

describe('the folders', () => {
  it('have imports to look at', () => {
    expect(imports.length).toBeGreaterThan(300);
  });

  it('of shared/ import nothing outside, and name no system but in comments', () => {
    expect(imports.filter(({ from, to }) => from.startsWith('shared/') && !to.startsWith('shared/'))).toEqual([]);
    const naming = globSync('shared/**/*.ts', { cwd: root }).filter(file => {
      const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return names.some(name => code.toLowerCase().includes(name));
    });
    expect(naming).toEqual([]);
  });

  it('of a system know no other system, and of the app only their own', () => {
    const foreign = imports.filter(({ from, to }) => {
      const own = systemOf(from);
      return own !== undefined && to.startsWith('functions/') && systemOf(to) !== own;
    });
    // A system that has no service of its own stands on others: on what they are, need and do, never on their actions.
    const standing = systems.filter(({ open }) => open === undefined).map(({ name }) => name);
    const isAllowed = ({ from, to }: Import) =>
      standing.includes(systemOf(from) ?? '') && /^functions\/[\w-]+\/(?:system\.ts|needs\.ts|api\/.*)$/.test(to);
    expect(foreign.filter(entry => !isAllowed(entry))).toEqual([]);
  });

  it('of a system point one way: actions, system, api, settings', () => {
    const order = ['actions', 'system.ts', 'api', 'settings.ts'];
    const backwards = imports.filter(({ from, to }) => {
      if (systemOf(from) === undefined || systemOf(from) !== systemOf(to)) return false;
      const [one, other] = [order.indexOf(roomOf(from)), order.indexOf(roomOf(to))];
      return one >= 0 && other >= 0 && other < one;
    });
    expect(backwards).toEqual([]);
  });

  it('of the app do not know the sandboxes', () => {
    const knowing = imports.filter(
      ({ from, to }) => to.includes('/sandbox/') && !from.includes('/sandbox/') && !from.startsWith('tools/'),
    );
    expect(knowing).toEqual([]);
  });

  it('have no circle', () => {
    const folderOf = (file: string) => {
      const parts = file.split('/');
      if (parts[0] === 'functions') return systemOf(file) ? parts.slice(0, 3).join('/') : parts.slice(0, 2).join('/');
      return parts[0] === 'shared' && parts.length > 2 ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
    };
    const edges = new Map<string, Set<string>>();
    for (const { from, to } of imports) {
      const [one, other] = [folderOf(from), folderOf(to)];
      if (one !== other) edges.set(one, (edges.get(one) ?? new Set()).add(other));
    }
    const reaches = (start: string, goal: string, seen = new Set<string>()): boolean =>
      [...(edges.get(start) ?? [])].some(next => {
        if (next === goal) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return reaches(next, goal, seen);
      });
    expect([...edges.keys()].filter(folder => reaches(folder, folder))).toEqual([]);
  });
});

describe('the entry', () => {
  it('loads at start nothing but the table of actions, how callers are let in, and the count of calls under way', () => {
    const atStart = (file: string): string[] => {
      const text = readFileSync(join(root, file), 'utf8');
      const targets = [...text.matchAll(/^import(?! type\b)[^;]*?from '(\.[^']+)'/gm)].map(([, target = '']) =>
        relative(root, resolve(root, dirname(file), target)),
      );
      return [...targets, ...targets.flatMap(atStart)];
    };
    expect(atStart('functions/index.ts').toSorted()).toEqual([
      'functions/actions.ts',
      'shared/action/quiet.ts',
      'shared/settings/inboundAuth.ts',
    ]);
  });
});
