import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Reads a file that `npm run generate` wrote: what is tested is what people import. */
export function generatedJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, '../../..', path), 'utf8')) as Content;
}
