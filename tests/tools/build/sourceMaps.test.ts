import { SourceMap } from 'node:module';
import { encode } from '@jridgewell/sourcemap-codec';
import { expect, test } from 'vitest';
import { withLineBefore, withoutLibraries } from '../../../tools/build/sourceMaps.ts';

/** One line of our own code, of a library's from column 10, and of our own again from column 20. */
const map = JSON.stringify({
  version: 3,
  sources: ['../node_modules/library/index.js', '../shared/own.ts'],
  names: [],
  mappings: encode([
    [
      [0, 1, 4, 2],
      [10, 0, 7, 0],
      [15, 0, 8, 0],
      [20, 1, 5, 3],
    ],
  ]),
});

/** Where a place in the generated code is from; lines and columns count from 0. */
function origin(text: string, line: number, column: number) {
  const entry = new SourceMap(JSON.parse(text)).findEntry(line, column);
  if (!('originalSource' in entry) || !entry.originalSource) return undefined;
  return [entry.originalSource, entry.originalLine, entry.originalColumn];
}

test('own code keeps its places, and a library’s has none', () => {
  const own = withoutLibraries(map);
  expect(JSON.parse(own).sources).toEqual(['../shared/own.ts']);
  expect(origin(own, 0, 0)).toEqual(['../shared/own.ts', 4, 2]);
  expect(origin(own, 0, 12)).toBeUndefined();
  expect(origin(own, 0, 17)).toBeUndefined();
  expect(origin(own, 0, 25)).toEqual(['../shared/own.ts', 5, 3]);
});

test('a line that is put before the code moves the places with it', () => {
  expect(origin(withLineBefore(map), 1, 0)).toEqual(['../shared/own.ts', 4, 2]);
});
