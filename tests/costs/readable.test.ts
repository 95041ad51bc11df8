import { expect, it } from 'vitest';
import { readable } from '../../shared/readable.ts';
import { cpuTime } from '../support/cpuTime.ts';

it('long texts of any shape take time in proportion to their length', () => {
  const cost = (text: string) => cpuTime(() => void readable(text));
  const shapes = [
    '[',
    '![',
    '](',
    '`',
    '``` ',
    '<a',
    '<img ',
    '[a](http://b',
    '[[[](',
    '\u200b',
    '\u200d',
    '\\',
    ' ',
    '![](',
    '``',
    '[x]: a\n',
  ];
  for (const shape of shapes) {
    const [short, long] = [20_000, 320_000].map(length => cost(shape.repeat(length / shape.length)));
    // Sixteen times as long; what is quadratic takes 256 times.
    expect(long, shape).toBeLessThan(80 * (short ?? 0) + 20);
  }
});
