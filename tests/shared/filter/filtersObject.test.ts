import { expect, it } from 'vitest';
import * as z from 'zod';
import { filtersObject } from '../../../shared/filter/filtersObject.ts';

const filters = filtersObject({ name: z.string().max(10).optional() }, '{"name": "Expo"}');

it.each(['toString', 'valueOf', 'toJSON'])(
  'takes an object whose %s is no function for what it is: no filter',
  name => {
    const { error } = filters.safeParse(JSON.stringify({ X: { [name]: 'text' }, name: 'Expo' }));
    expect(error?.issues.map(({ message }) => message)).toEqual(['There is no filter "X". There are name.']);
  },
);

it('tells which of them is too long', () => {
  const { error } = filters.safeParse(JSON.stringify({ name: 'x'.repeat(11) }));
  expect(error?.issues.map(({ message }) => message)).toEqual(['"name" is too long.']);
});
