import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** How callers' sign-in names map to the names that a system knows them by. */
export interface UserMap {
  /** @returns undefined for a name that no entry covers */
  find(userName: string): string | undefined;
}

interface Pair {
  from: string;
  to: string;
}

/** Guests of a tenant have this in their sign-in name. Their domain says nothing of who they are. */
const GUEST = '#ext#';

const FORM =
  'Set it to pairs such as ana@contoso.com=ana@contoso.crm, *@contoso.com=*@contoso.com.uat, to the path of a file with one pair a line, or remove it.';

/**
 * Pairs `from=to`, separated by commas or line ends, or the path of a file that holds them. In `*@contoso.com` the star
 * stands for the beginning of a name, and in its `to` for the same one. An exact name wins over every pattern; of patterns
 * the first that fits counts. A guest is covered by an exact name only.
 */
export const userMap = z.string().transform((value, context): UserMap => {
  const fail = (message: string) => {
    context.issues.push({ code: 'custom', message, input: undefined });
    return z.NEVER;
  };
  const text = value.includes('=') ? value : readText(value);
  if (text === undefined) return fail(FORM);
  const pairs = text
    .split(/[,\r\n]/)
    .map(pair => pair.trim())
    .filter(Boolean)
    .map(parsePair);
  if (!pairs.every(pair => pair !== undefined) || pairs.length === 0) return fail(FORM);
  const dead = deadPair(pairs);
  if (dead)
    return fail(`The entry ${dead.from} never counts, because another one before it covers the same names. Remove it.`);
  return toUserMap(pairs);
});

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Names hold no `=`, no spaces and at most one star, at the beginning. */
function parsePair(text: string): Pair | undefined {
  const [from = '', to = '', ...others] = text.split('=').map(part => part.trim());
  const isName = (name: string) => name !== '' && name !== '*' && !/\s/.test(name) && !name.slice(1).includes('*');
  if (others.length > 0 || !isName(from) || !isName(to) || (to.startsWith('*') && !from.startsWith('*'))) {
    return undefined;
  }
  return { from: folded(from), to };
}

function isPattern({ from }: Pair): boolean {
  return from.startsWith('*');
}

/** A pair that no name can reach. */
function deadPair(pairs: readonly Pair[]): Pair | undefined {
  const earlier = new Set<string>();
  const endings: string[] = [];
  for (const pair of pairs) {
    const { from } = pair;
    if (earlier.has(from) || (isPattern(pair) && endings.some(ending => from.endsWith(ending)))) return pair;
    earlier.add(from);
    if (isPattern(pair)) endings.push(from.slice(1));
  }
  return undefined;
}

function toUserMap(pairs: readonly Pair[]): UserMap {
  const exact = new Map(pairs.filter(pair => !isPattern(pair)).map(({ from, to }) => [from, to]));
  const patterns = pairs.filter(isPattern);
  return {
    find(userName) {
      const name = folded(userName);
      const known = exact.get(name);
      if (known !== undefined || isGuest(userName)) return known;
      const fitting = patterns.find(({ from }) => name.endsWith(from.slice(1)) && name.length >= from.length);
      if (!fitting) return undefined;
      const beginning = userName.slice(0, userName.length - fitting.from.length + 1);
      return fitting.to.startsWith('*') ? beginning + fitting.to.slice(1) : fitting.to;
    },
  };
}

/** True for the sign-in name of a guest of the tenant. */
export function isGuest(userName: string): boolean {
  return folded(userName).includes(GUEST);
}

/** Letters of ASCII alone are folded: anything else that looks alike is another name. */
export function folded(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase());
}
