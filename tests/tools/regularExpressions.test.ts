import { describe, expect, it } from 'vitest';
import { faultsOf, regularExpressionsIn } from '../../tools/regularExpressions.ts';

describe('the check of regular expressions', () => {
  it('finds literals wherever they stand, with their place, and what is built from parts', () => {
    const text = "const a = /x+$/u;\nf('/no/', /[/]/g); // /comment/\nconst b = new RegExp(a.source);";
    expect(regularExpressionsIn('a.ts', text)).toEqual({
      literals: [
        { source: 'x+$', flags: 'u', place: 'a.ts:1' },
        { source: '[/]', flags: 'g', place: 'a.ts:2' },
      ],
      built: ['a.ts:3'],
    });
  });

  it('refuses what takes more than linear time, and says with which text', async () => {
    const expressions = [
      ['^a{1,20}$', ''],
      ['\\s+$', ''],
      ['^(a+)+$', ''],
    ].map(([source = '', flags = ''], index) => ({ source, flags, place: `a.ts:${index + 1}` }));
    const faults = await faultsOf(expressions);
    expect(faults).toHaveLength(2);
    expect(faults[0]).toMatch(/^a\.ts:2: .* takes 2nd degree polynomial time, as for '\\t'\.repeat/);
    expect(faults[1]).toContain('exponential');
  });
});
