// Refuses what `npm run new` wrote and nobody has made their own: `node tools/new/refusePlaceholders.ts`, a part of
// `npm run check`.
import { resolve } from 'node:path';
import { findPlaceholders, MARK } from './placeholders.ts';

const found = findPlaceholders(resolve(import.meta.dirname, '../..'));
for (const { place, text, write } of found) console.error(`${place}: ${text}${write ? `\n  Write ${write}.` : ''}`);
if (found.length > 0) {
  console.error(
    `\nTo be written before this is shipped, by who knows what is so: ${found.length} of the texts that npm run new wrote, each marked "${MARK.trim()}". Write them without that mark, then run npm run generate.`,
  );
  process.exitCode = 1;
}
