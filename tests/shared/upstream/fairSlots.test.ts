import { expect, it } from 'vitest';
import { createFairSlots } from '../../../shared/upstream/fairSlots.ts';

const later = () => Date.now() + 10_000;

/** Asks for places in the order of `callers`, and tells in which order they were given, one after the other. */
async function orderOf(callers: string[], total: number): Promise<string[]> {
  const slots = createFairSlots(total, Date.now);
  const order: string[] = [];
  await Promise.all(
    callers.map(async caller => {
      const leave = await slots.take({ caller, action: 'read' }, later());
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
  const taken = await Promise.all(times(8, 'many').map(caller => slots.take({ caller, action: 'read' }, soon())));
  expect(taken.filter(leave => leave !== undefined)).toHaveLength(4);
  expect(await slots.take({ caller: 'other', action: 'read' }, soon())).toBeDefined();
});

it('one action of a caller leaves room for the others, because many people may share a key', async () => {
  const slots = createFairSlots(128, Date.now);
  const soon = () => Date.now() + 20;
  const take = (action: string) => slots.take({ caller: 'key', action }, soon());
  const taken = (await Promise.all(times(128, 'search').map(take))).filter(leave => leave !== undefined);
  expect(taken.length).toBeGreaterThan(48);
  expect(taken.length).toBeLessThan(64);
  expect(await take('read')).toBeDefined();
});

it('actions of a caller that wait get their turn one after the other', async () => {
  const slots = createFairSlots(2, Date.now);
  const order: string[] = [];
  const asked = [...times(3, 'search'), 'read'].map(async action => {
    const leave = await slots.take({ caller: 'key', action }, later());
    order.push(action);
    await new Promise(resolve => setTimeout(resolve));
    leave?.();
  });
  await Promise.all(asked);
  expect(order).toEqual(['search', 'search', 'read', 'search']);
});

it('every place is used where there are many', async () => {
  const slots = createFairSlots(8, Date.now);
  const taken = await Promise.all(
    Array.from({ length: 9 }, (_, at) => slots.take({ caller: `user${at}`, action: 'read' }, Date.now() + 20)),
  );
  expect(taken.filter(leave => leave !== undefined)).toHaveLength(8);
});

it('who waited for too long is passed over, and a place that is given back is given on', async () => {
  const slots = createFairSlots(1, Date.now);
  const leave = await slots.take({ caller: 'first', action: 'read' }, later());
  expect(await slots.take({ caller: 'impatient', action: 'read' }, Date.now() + 10)).toBeUndefined();
  const patient = slots.take({ caller: 'patient', action: 'read' }, later());
  leave?.();
  expect(await patient).toBeDefined();
});
