import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { type Fly, singleFlight } from '../../shared/singleFlight.ts';

let fly: Fly<string, string>;
beforeEach(() => {
  vi.useFakeTimers();
  fly = singleFlight();
});
afterEach(() => {
  vi.useRealTimers();
});

const hangs = () => new Promise<string>(() => {});
const gives = (result: string) => vi.fn(async () => result);
const fails = (error: Error) => vi.fn(() => Promise.reject<string>(error));

it('who asks while the work is under way shares what it gives', async () => {
  const second = gives('second');
  expect(await Promise.all([fly('a', gives('first')), fly('a', second)])).toEqual(['first', 'first']);
  expect(second).not.toHaveBeenCalled();
});

it('who shares work that hangs begins it anew after two seconds, once for all who wait', async () => {
  void fly('a', hangs);
  const again = gives('again');
  const others = Promise.all(Array.from({ length: 20 }, () => fly('a', again)));
  await vi.advanceTimersByTimeAsync(1_990);
  expect(again).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(20);
  expect(await others).toEqual(Array(20).fill('again'));
  expect(again).toHaveBeenCalledTimes(1);
});

it('who asks after two seconds does not depend on work that hangs', async () => {
  void fly('a', hangs);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await fly('a', gives('new'))).toBe('new');
});

it('work that is slow, but succeeds first, serves those who began it anew as well', async () => {
  const slow = fly('a', () => new Promise(resolve => setTimeout(resolve, 3_000, 'slow')));
  const other = fly('a', hangs);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await Promise.all([slow, other])).toEqual(['slow', 'slow']);
});

it('work that failed long ago does not fail those who began it anew', async () => {
  const first = fly('a', () => new Promise((_, reject) => setTimeout(reject, 2_500, new Error('late'))));
  first.catch(() => {});
  const other = fly('a', () => new Promise(resolve => setTimeout(resolve, 1_000, 'good')));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await other).toBe('good');
});

it('a failure is shared, unless it befell the one caller alone', async () => {
  const shared = [fly('a', fails(new Error('down'))), fly('a', gives('good'))];
  await expect(Promise.all(shared.map(each => each.catch(({ message }) => message)))).resolves.toEqual([
    'down',
    'down',
  ]);
  const own = new Failure('upstream_error', 'No requests left.', { isOwn: true });
  const first = fly('a', fails(own));
  first.catch(() => {});
  expect(await fly('a', gives('good'))).toBe('good');
  await expect(first).rejects.toBe(own);
});
