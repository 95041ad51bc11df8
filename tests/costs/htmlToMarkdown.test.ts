import { expect, test } from 'vitest';
import { htmlToMarkdown } from '../../functions/salesforce/api/richText.ts';
import { cpuTime } from '../support/cpuTime.ts';

test.each(['<b>', '<a href="https://x.example">', '<ul><li>', '<p>x', '</b>', '&amp', '<td>', ' ', '<', '<b>x</b>'])(
  'many of %j take time in proportion to their number',
  piece => {
    const timeOf = (length: number) => {
      const html = piece.repeat(Math.ceil(length / piece.length));
      return cpuTime(() => void htmlToMarkdown(html));
    };
    timeOf(10_000);
    expect(timeOf(200_000) / Math.max(1, timeOf(25_000))).toBeLessThan(30);
  },
);
