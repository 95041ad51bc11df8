import { expect, it } from 'vitest';
import { nearNames } from '../../shared/filter/nearNames.ts';
import { cpuTime } from '../support/cpuTime.ts';

it('near names are found among hundreds of long ones in little time, for every column of a call', () => {
  const names = Array.from({ length: 800 }, (_, index) => `Field with a rather long label, number ${index}`);
  const wanted = Array.from({ length: 25 }, (_, index) => `${index} zq`.padEnd(40, 'zq '));
  expect(nearNames('Field with a rather long lable, nmuber 7', names)).not.toEqual([]);
  expect(cpuTime(() => wanted.forEach(name => void nearNames(name, names)))).toBeLessThan(500);
});
