import { expect, it } from 'vitest';
import { createFairSlots } from '../../../shared/upstream/fairSlots.ts';

const later = () => Date.now() + 10_000;

/** Asks for places in the order of `callers`, and tells in which order they were given, one after the other. */
async function orderOf(callers: string[], total: number): Promise<string[]> {
  const slots = createFairSlots(total, Date.now);
  const order: string[] = [];
  await Promise.all(
    callers.map(async caller => {
      const leave = await slots.take(caller, later());
      order.push(caller);
      // Whoever is under way gives its place back after all have asked.
      await new Promise(resolve => setTimeout(resolve));
      leave?.();
    }),
  );
  return order;
}

const times = (count: number, caller: string) => Array.from({ length: count }, () => caller);

it('those who wait get their turn one after the other, however often each of them asks', async () => {
  const order = await orderOf([...times(6, 'a'), ...times(6, 'b'), 'c'], 1);
  // The first had the only place; then it is everybody's turn.
  expect(order.join('')).toBe('aabcababababb');
});

it('one alone has half of the places, and leaves room for whoever comes', async () => {
  const slots = createFairSlots(8, Date.now);
  const soon = () => Date.now() + 20;
  const taken = await Promise.all(times(8, 'many').map(caller => slots.take(caller, soon())));
  expect(taken.filter(leave => leave !== undefined)).toHaveLength(4);
  expect(await slots.take('other', soon())).toBeDefined();
});

it('every place is used where there are many', async () => {
  const slots = createFairSlots(8, Date.now);
  const taken = await Promise.all(Array.from({ length: 9 }, (_, at) => slots.take(`user${at}`, Date.now() + 20)));
  expect(taken.filter(leave => leave !== undefined)).toHaveLength(8);
});

it('who waited for too long is passed over, and a place that is given back is given on', async () => {
  const slots = createFairSlots(1, Date.now);
  const leave = await slots.take('first', later());
  expect(await slots.take('impatient', Date.now() + 10)).toBeUndefined();
  const patient = slots.take('patient', later());
  leave?.();
  expect(await patient).toBeDefined();
});
