import * as z from 'zod';
import { quoted } from '../text.ts';

interface IdList {
  /** The most that are taken. */
  most: number;
  /** How much text. */
  max: number;
  /** Splits the text. */
  itemsOf(text: string): readonly string[];
  /** The ID that an item is; undefined for one that is none. */
  read(item: string): string | undefined;
  /** `key` */
  noun: string;
  /** What an item that is none is: `no key of an issue, such as ABC-12`. */
  none: string;
}

const MAX_TOLD = 5;

/** Several IDs in one text, each once. What is none, an empty list and too many of them are refused, and the faulty named. */
export function idList({ most, max, itemsOf, read, noun, none }: IdList) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .transform((text, context): string[] => {
      const given = itemsOf(text)
        .map(each => each.trim())
        .filter(Boolean);
      const wrong = given.filter(each => read(each) === undefined);
      const found = [...new Set(given.flatMap(each => read(each) ?? []))];
      const problem =
        wrong.length > 0
          ? `${wrong.slice(0, MAX_TOLD).map(quoted).join(', ')} ${wrong.length === 1 ? 'is' : 'are'} ${none}.`
          : found.length === 0
            ? `It must have at least one ${noun}.`
            : found.length > most
              ? `It has ${found.length} ${noun}s; at most ${most} are taken in one call.`
              : undefined;
      if (problem === undefined) return found;
      context.issues.push({ code: 'custom', message: problem, input: text });
      return z.NEVER;
    });
}
