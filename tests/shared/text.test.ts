import { describe, expect, it } from 'vitest';
import { beginning, quoted, sentence } from '../../shared/text.ts';

describe('beginning', () => {
  it('keeps a text that is short enough, and marks where it cut another', () => {
    expect(beginning('abc', 3)).toBe('abc');
    expect(beginning('abcd', 3)).toBe('abc…');
  });

  it('never leaves half of a character that is two code units', () => {
    expect(beginning('ab😀', 3)).toBe('ab\ufffd…');
  });
});

describe('quoted', () => {
  it('quotes at most 80 characters', () => {
    expect(quoted('Story Points')).toBe('"Story Points"');
    expect(quoted('x'.repeat(500))).toBe(`"${'x'.repeat(80)}"`);
  });
});

describe('sentence', () => {
  it('ends with a full stop unless it ends already', () => {
    expect(sentence(' Field required ')).toBe('Field required.');
    expect(sentence('Why?')).toBe('Why?');
  });

  it('is cut after 300 characters', () => {
    expect(sentence('x'.repeat(400))).toBe(`${'x'.repeat(300)}…`);
  });
});
