import { expect, it } from 'vitest';
import type { Account } from '../../../shared/caller/caller.ts';
import { createSignedIn } from '../../../shared/caller/signedIn.ts';
import { Failure } from '../../../shared/failure.ts';
import { isCollected } from '../../support/isCollected.ts';

const MINUTE = 60_000;

/** A vendor that knows some tokens, and the clock. */
function vendorOf(known: Record<string, Account>) {
  let time = 0;
  const asked: string[] = [];
  let underWay = 0;
  let most = 0;
  const signedIn = createSignedIn(() => time);
  const signIn = (token: string, { system = 'orders', site }: { system?: string; site?: string } = {}) => ({
    system,
    title: 'Orders',
    site,
    token,
  });
  const accountOf = (token: string, more: { system?: string; site?: string } = {}) =>
    signedIn.accountOf(signIn(token, more), async () => {
      asked.push(token);
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(resolve => setImmediate(resolve));
      underWay -= 1;
      const account = known[token];
      if (account) return account;
      throw new Failure('unauthenticated', 'The token is refused.', { isOwn: true });
    });
  return {
    asked,
    accountOf,
    codeOf: (token: string) =>
      accountOf(token).then(
        () => 'ok',
        (error: Failure) => error.code,
      ),
    mostAtOnce: () => most,
    forget: (token: string) => signedIn.forget(signIn(token)),
    known,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

const ana = { id: 'ana', site: 'org' };
const li = { id: 'li', site: 'org' };

it('asks the vendor once whose a token is, however many calls come at once, and again after five minutes', async () => {
  const vendor = vendorOf({ one: ana });
  expect(await Promise.all(Array.from({ length: 20 }, () => vendor.accountOf('one')))).toEqual(Array(20).fill(ana));
  vendor.pass(5 * MINUTE - 1);
  await vendor.accountOf('one');
  expect(vendor.asked).toEqual(['one']);
  vendor.pass(1);
  await vendor.accountOf('one');
  expect(vendor.asked).toEqual(['one', 'one']);
});

it('tells tokens, systems and sites apart', async () => {
  const vendor = vendorOf({ one: ana, two: li });
  expect(await vendor.accountOf('one')).toEqual(ana);
  expect(await vendor.accountOf('two')).toEqual(li);
  await vendor.accountOf('one', { system: 'invoices' });
  await vendor.accountOf('one', { site: 'north' });
  expect(vendor.asked).toEqual(['one', 'two', 'one', 'one']);
});

it('remembers for a minute that a token was refused', async () => {
  const vendor = vendorOf({});
  expect(await vendor.codeOf('bad')).toBe('unauthenticated');
  vendor.known.bad = ana;
  vendor.pass(MINUTE - 1);
  expect(await vendor.codeOf('bad')).toBe('unauthenticated');
  expect(vendor.asked).toHaveLength(1);
  vendor.pass(1);
  expect(await vendor.codeOf('bad')).toBe('ok');
});

it('holds on to nothing of the call by which a token was refused', async () => {
  const signedIn = createSignedIn(() => 0);
  const refused = async () => {
    const cause = new Error('of a call');
    const ask = async () => Promise.reject(new Failure('forbidden', 'No.', { cause }));
    await signedIn.accountOf({ system: 'orders', title: 'Orders', site: undefined, token: 'bad' }, ask).catch(() => {});
    return new WeakRef(cause);
  };
  expect(await isCollected(await refused())).toBe(true);
  await expect(
    signedIn.accountOf({ system: 'orders', title: 'Orders', site: undefined, token: 'bad' }, async () => ana),
  ).rejects.toMatchObject({ code: 'forbidden', message: 'No.' });
});

it('asks once about a token that is refused, however many calls bring it at once', async () => {
  const vendor = vendorOf({});
  const codes = await Promise.all(Array.from({ length: 100 }, () => vendor.codeOf('bad')));
  expect(new Set(codes)).toEqual(new Set(['unauthenticated']));
  expect(vendor.asked).toEqual(['bad']);
});

it('asks again about a token that the vendor has refused since', async () => {
  const vendor = vendorOf({ one: ana });
  await vendor.accountOf('one');
  delete vendor.known.one;
  expect(await vendor.codeOf('one')).toBe('ok');
  vendor.forget('one');
  expect(await vendor.codeOf('one')).toBe('unauthenticated');
});

it('asks about few of a thousand tokens that are guessed, and about more of them only as time passes', async () => {
  const vendor = vendorOf({});
  const guess = (round: string) =>
    Promise.all(Array.from({ length: 1_500 }, (_, at) => vendor.codeOf(`${round} ${at}`)));
  const codes = await guess('first');
  expect(vendor.asked).toHaveLength(60);
  expect(vendor.mostAtOnce()).toBeLessThanOrEqual(16);
  expect(codes.filter(code => code === 'unauthenticated')).toHaveLength(60);
  expect(codes.filter(code => code === 'rate_limited')).toHaveLength(1_440);
  vendor.pass(2_000);
  await guess('second');
  expect(vendor.asked).toHaveLength(70);
});

it('lets those in whose tokens are good while others guess, and a thousand at once', async () => {
  const vendor = vendorOf(Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`good ${at}`, ana])));
  const all = () => Promise.all(Array.from({ length: 1_000 }, (_, at) => vendor.codeOf(`good ${at}`)));
  expect(new Set(await all())).toEqual(new Set(['ok']));
  for (let at = 0; at < 70; at += 1) await vendor.codeOf(`bad ${at}`);
  vendor.pass(5 * MINUTE);
  for (let at = 70; at < 140; at += 1) await vendor.codeOf(`bad ${at}`);
  expect(await vendor.codeOf('worse')).toBe('rate_limited');
  // Whoever was let in within the last hour is no stranger.
  expect(new Set(await all())).toEqual(new Set(['ok']));
});

it('counts as no guess what the vendor could not say', async () => {
  let code: 'upstream_unavailable' | 'unauthenticated' = 'upstream_unavailable';
  const signedIn = createSignedIn(() => 0);
  const ask = (token: string) =>
    signedIn
      .accountOf({ system: 'orders', title: 'Orders', site: undefined, token }, async () => {
        throw new Failure(code, 'No.');
      })
      .catch((error: Failure) => error.code);
  for (let at = 0; at < 200; at += 1) expect(await ask(`${at}`)).toBe('upstream_unavailable');
  code = 'unauthenticated';
  expect(await ask('7')).toBe('unauthenticated');
});
