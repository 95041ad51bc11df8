import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import * as z from 'zod';

// https://tc39.es/ecma426/ has the format.
const sourceMapSchema = z.looseObject({ sources: z.array(z.string()), mappings: z.string() });

/** A source map for the same code with one line put before it. */
export function withLineBefore(text: string): string {
  const map = sourceMapSchema.parse(JSON.parse(text));
  return JSON.stringify({ ...map, mappings: `;${map.mappings}` });
}

/**
 * A source map without what comes from node_modules: a bug is looked for in our own files, and the libraries are most of
 * a map. Their code maps to no source, so that it is not taken for the code before it.
 */
export function withoutLibraries(text: string): string {
  const map = sourceMapSchema.parse(JSON.parse(text));
  const own = map.sources.filter(source => !source.includes('node_modules/'));
  const places = map.sources.map(source => own.indexOf(source));
  const lines = decode(map.mappings).map(line => {
    const kept: SourceMapSegment[] = [];
    for (const [column, source = -1, sourceLine = 0, sourceColumn = 0] of line) {
      const place = places[source] ?? -1;
      if (place >= 0) kept.push([column, place, sourceLine, sourceColumn]);
      else if (kept.at(-1)?.length !== 1) kept.push([column]);
    }
    return kept;
  });
  return JSON.stringify({ ...map, sources: own, names: [], mappings: encode(lines) });
}
