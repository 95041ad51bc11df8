import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBackend } from '../../../shared/action/backend.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { defineSystem } from '../../../shared/action/defineSystem.ts';
import type { Call } from '../../../shared/call.ts';
import { Failure, lostWrite } from '../../../shared/failure.ts';

/** Things with a value each, and what the next attempts to remove one come to. */
let things: Map<string, number>;
let failures: Map<string, () => Failure>;
let removed: string[];
/** Things whose removal is never confirmed, and those that cannot be looked at either. */
let hanging: Set<string>;
let unseen: Set<string>;
let time: number;
let audited: Record<string, unknown>[];

const never = new Promise<string>(() => {});

const store = defineSystem({
  name: 'store',
  title: 'Store',
  about: 'Store holds things.',
  advice: 'Use removeThings.',
  toolsets: { store: 'Things' },
  settings: z.object({}),
  secrets: {},
  open: async () => ({
    for: (call: Call) => ({
      versionOf: (name: string) => (unseen.has(name) ? never : String(things.get(name))),
      async remove(name: string) {
        call.usage.writes += 1;
        if (hanging.has(name)) await never;
        const failure = failures.get(name)?.();
        if (failure) throw failure;
        removed.push(name);
        things.delete(name);
      },
    }),
    check: async () => 'ok',
  }),
});

const removeThings = store.plannedAction({
  name: 'removeThings',
  toolset: 'store',
  effect: 'removes',
  idempotent: true,
  title: 'Remove things',
  description: 'Removes things.',
  input: z.object({ prefix: z.string().describe('What their names begin with.') }),
  data: z.object({ name: z.string() }),
  example: { prefix: 'a' },
  async plan({ prefix }) {
    const items = [...things.keys()]
      .filter(name => name.startsWith(prefix))
      .map(name => ({ key: name, what: `Removes ${name}.`, version: String(things.get(name)), data: { name } }));
    return { summary: `${items.length} things would be removed.`, items };
  },
  versionOf: async ({ data }, { store }) => store.versionOf(data.name),
  perform: async ({ data }, { store }) => store.remove(data.name),
});

let backend: ReturnType<typeof createBackend>;

beforeEach(() => {
  things = new Map([
    ['a1', 1],
    ['a2', 2],
    ['a3', 3],
    ['b1', 4],
  ]);
  failures = new Map();
  removed = [];
  audited = [];
  hanging = new Set();
  unseen = new Set();
  time = Date.now();
  backend = createBackend({}, { systems: [store], actions: [] }, { now: () => time });
});

interface Answer {
  ok: boolean;
  output: {
    summary: string;
    confirmationToken?: string;
    deduplicated?: boolean;
    items: { key: string; outcome: string; message: string }[];
  };
  failure: Failure;
}

async function call(input: Record<string, unknown>, key = 'one', action: Action = removeThings): Promise<Answer> {
  const outcome = await backend.invoke(action, async () => input, {
    headers: new Headers({ 'x-functions-key': key }),
    code: undefined,
    presented: [],
    correlationId: 'test',
    traceparent: '',
    log: { info: (event, fields) => event === 'audit' && audited.push(fields ?? {}), warn() {}, error() {} },
  });
  return outcome as unknown as Answer;
}

const planned = async (prefix = 'a') => (await call({ prefix })).output;
const outcomesOf = ({ output }: Answer) => output.items.map(({ key, outcome }) => [key, outcome]);

describe('a planned action', () => {
  it('first tells what it would do, and does nothing', async () => {
    const { summary, confirmationToken, items } = await planned();
    expect(summary).toBe('3 things would be removed.');
    expect(confirmationToken).toMatch(/^[\w-]{22}$/);
    expect(items[0]).toEqual({ key: 'a1', outcome: 'planned', message: 'Removes a1.' });
    expect(removed).toEqual([]);
  });

  it('takes a token that is empty for none, as connectors send a blank field', async () => {
    for (const confirmationToken of ['', null]) {
      const { output } = await call({ prefix: 'a', confirmationToken });
      expect(output.items.map(({ outcome }) => outcome)).toEqual(['planned', 'planned', 'planned']);
    }
    const { confirmationToken } = await planned();
    const answer = await call({ prefix: '', confirmationToken });
    expect(answer.output.summary).toBe('3 of 3 done.');
  });

  it('then does exactly that, whatever there is by then', async () => {
    const { confirmationToken } = await planned();
    things.set('a4', 5);
    const answer = await call({ confirmationToken });
    expect(answer.output.summary).toBe('3 of 3 done.');
    expect(removed).toEqual(['a1', 'a2', 'a3']);
    expect(answer.output.confirmationToken).toBeUndefined();
  });

  it('leaves alone what has changed since, and tells', async () => {
    const { confirmationToken } = await planned();
    things.set('a2', 99);
    const answer = await call({ confirmationToken });
    expect(outcomesOf(answer)).toEqual([
      ['a1', 'done'],
      ['a2', 'notDone'],
      ['a3', 'done'],
    ]);
    expect(answer.output.items[1]?.message).toContain('changed');
  });

  it('does each thing once, however often and at whatever moments the same token is given, and tells each call', async () => {
    const { confirmationToken } = await planned();
    const answers = await Promise.all([1, 2, 3].map(() => call({ confirmationToken })));
    answers.push(await call({ confirmationToken }));
    for (const answer of answers) {
      expect(outcomesOf(answer)).toEqual([
        ['a1', 'done'],
        ['a2', 'done'],
        ['a3', 'done'],
      ]);
    }
    expect(answers.filter(({ output }) => output.deduplicated)).toHaveLength(3);
    expect(removed).toEqual(['a1', 'a2', 'a3']);
    expect(audited.map(({ outcome }) => outcome).toSorted()).toEqual(['done', 'repeated', 'repeated', 'repeated']);
  });

  it('goes on with what is left when the same token is given again', async () => {
    const { confirmationToken } = await planned();
    failures.set('a2', () => new Failure('rate_limited', 'Later.'));
    await call({ confirmationToken });
    failures.clear();
    const answer = await call({ confirmationToken });
    expect(answer.output.summary).toBe('3 of 3 done, 1 of them by an earlier call.');
    expect(removed).toEqual(['a1', 'a2', 'a3']);
  });

  it('waits for an upstream that tells for how long it is to be left alone', async () => {
    const { confirmationToken } = await planned();
    let refusals = 0;
    failures.set('a2', () => {
      refusals += 1;
      if (refusals === 2) failures.delete('a2');
      return new Failure('rate_limited', 'Later.', { retryAfterSeconds: 0 });
    });
    expect((await call({ confirmationToken })).output.summary).toBe('3 of 3 done.');
    expect(refusals).toBe(2);
  });

  it('takes no token of another caller or action, made up, or over ten minutes old', async () => {
    const { confirmationToken } = await planned();
    const other = { ...removeThings, name: 'removeOthers' };
    for (const refused of [
      await call({ confirmationToken }, 'two'),
      await call({ confirmationToken }, 'one', other),
      await call({ confirmationToken: 'A'.repeat(22) }),
    ]) {
      expect(refused.failure).toMatchObject({ code: 'invalid_input', errors: [{ field: 'confirmationToken' }] });
    }
    time += 10 * 60_000 + 1_000;
    expect((await call({ confirmationToken })).failure.code).toBe('invalid_input');
    expect(removed).toEqual([]);
  });

  it('takes the token alone, and its own inputs without one', async () => {
    const { confirmationToken } = await planned();
    expect((await call({ confirmationToken, prefix: 'b' })).failure).toMatchObject({ errors: [{ field: 'prefix' }] });
    expect((await call({})).failure).toMatchObject({ errors: [{ field: 'prefix' }] });
    expect((await call({ confirmationToken, prefix: '' })).ok).toBe(true);
  });

  it('goes on behind one that is refused', async () => {
    failures.set('a1', () => new Failure('forbidden', 'You may not.'));
    const answer = await call({ confirmationToken: (await planned()).confirmationToken });
    expect(outcomesOf(answer)).toEqual([
      ['a1', 'notDone'],
      ['a2', 'done'],
      ['a3', 'done'],
    ]);
    expect(answer.output.items[0]?.message).toBe('You may not.');
  });

  it('stops behind one of which it cannot be told whether it was done, and behind an outage', async () => {
    failures.set('a2', () => lostWrite('Store'));
    expect(outcomesOf(await call({ confirmationToken: (await planned()).confirmationToken }))).toEqual([
      ['a1', 'done'],
      ['a2', 'unknown'],
      ['a3', 'notReached'],
    ]);
    failures.set('a2', () => new Failure('rate_limited', 'Later.'));
    expect(outcomesOf(await call({ confirmationToken: (await planned()).confirmationToken }))).toEqual([
      ['a2', 'notDone'],
      ['a3', 'notReached'],
    ]);
  });

  it('is in the audit with what was reached, once it was carried out', async () => {
    things.set('a4', 4);
    const { confirmationToken } = await planned();
    expect(audited).toEqual([]);
    failures.set('a2', () => new Failure('forbidden', 'You may not.'));
    failures.set('a3', () => lostWrite('Store'));
    await call({ confirmationToken });
    expect(audited).toMatchObject([{ action: 'removeThings', outcome: 'unknown', touched: ['a1', 'a3'] }]);
    failures = new Map();
    await call({ confirmationToken: (await planned('b')).confirmationToken });
    failures.set('a2', () => new Failure('forbidden', 'You may not.'));
    await call({ confirmationToken: (await planned('a2')).confirmationToken });
    expect(audited.slice(1)).toMatchObject([
      { outcome: 'done', touched: ['b1'] },
      { outcome: 'failed', touched: [] },
    ]);
  });

  it('tells of each what came of it, though the time ends while one is under way', async () => {
    backend = createBackend({ ACTION_TIMEOUT_MS: '1500' }, { systems: [store], actions: [] });
    const { confirmationToken } = await planned();
    hanging.add('a2');
    expect(outcomesOf(await call({ confirmationToken }))).toEqual([
      ['a1', 'done'],
      ['a2', 'unknown'],
      ['a3', 'notReached'],
    ]);
  });

  it('does not begin what it could not look at in time', async () => {
    backend = createBackend({ ACTION_TIMEOUT_MS: '1500' }, { systems: [store], actions: [] });
    const { confirmationToken } = await planned();
    unseen.add('a2');
    expect(outcomesOf(await call({ confirmationToken }))).toEqual([
      ['a1', 'done'],
      ['a2', 'notReached'],
      ['a3', 'notReached'],
    ]);
    expect(removed).toEqual(['a1']);
  });

  it('tells what it did not reach for lack of time', async () => {
    const { confirmationToken } = await planned();
    failures.set('a1', () => {
      time += 9_000;
      return new Failure('forbidden', 'You may not.');
    });
    expect(outcomesOf(await call({ confirmationToken }))).toEqual([
      ['a1', 'notDone'],
      ['a2', 'notReached'],
      ['a3', 'notReached'],
    ]);
  });
});

/** What the place that rows are added to holds, and what becomes of the next that are sent. */
let rows: string[];
let sent: string[][];
let lost: 'before' | 'after' | 'half' | undefined;
/** What it shows; a row that is on its way is not seen. */
let hidden: Set<string>;

const book = defineSystem({
  name: 'book',
  title: 'Book',
  about: 'Book holds rows.',
  advice: 'Use addRows.',
  toolsets: { book: 'Rows' },
  settings: z.object({}),
  secrets: {},
  open: async () => ({
    for: (call: Call) => ({
      async add(names: string[]) {
        call.usage.writes += 1;
        sent.push(names);
        const [how, kept] = [lost, lost === 'before' ? 0 : lost === 'half' ? names.length / 2 : names.length];
        lost = undefined;
        rows.push(...names.slice(0, kept).filter(name => !name.includes('bad')));
        if (how) throw lostWrite('Book');
        return names.map(name => (name.includes('bad') ? { failure: new Failure('forbidden', 'No.') } : {}));
      },
    }),
    check: async () => 'ok',
  }),
});

const addRows = book.plannedAction({
  name: 'addRows',
  toolset: 'book',
  effect: 'adds',
  idempotent: false,
  title: 'Add rows',
  description: 'Adds rows.',
  input: z.object({ names: z.string().describe('Their names.') }),
  data: z.object({ name: z.string() }),
  example: { names: 'a' },
  batches: { looked: 4, size: 2, atOnce: 1 },
  plan: async ({ names }) => ({
    summary: 'They would be added.',
    items: names.split(',').map((name, index) =>
      name === 'never'
        ? { key: String(index), cannot: 'Never.' }
        : {
            key: String(index),
            what: `Adds ${name}.`,
            version: '',
            data: { name },
            ...(name.includes('/') && { after: String(names.split(',').indexOf(name.split('/')[0] ?? '')) }),
          },
    ),
  }),
  look: async items =>
    items.map(({ data: { name } }) => ({
      is: rows.includes(name) && !hidden.has(name) ? 'done' : 'asPlanned',
      key: name,
    })),
  performAll: async (items, { book }) =>
    (await book.add(items.map(({ data }) => data.name))).map((result, index) => ({
      ...result,
      key: items[index]?.data.name,
    })),
});

describe('a planned action whose items are done in batches', () => {
  beforeEach(() => {
    rows = [];
    sent = [];
    lost = undefined;
    hidden = new Set();
    backend = createBackend({}, { systems: [book], actions: [] }, { now: () => time });
  });
  const add = (input: Record<string, unknown>) => call(input, 'one', addRows);
  const tokenFor = async (names: string) => (await add({ names })).output.confirmationToken;
  const told = ({ output }: Answer) => output.items.map(({ key, outcome }) => `${key} ${outcome}`);

  it('tells beforehand what it cannot do, and gives no token where that is all', async () => {
    expect(told(await add({ names: 'a,never' }))).toEqual(['0 planned', '1 notDone']);
    const { output } = await add({ names: 'never' });
    expect(output.confirmationToken).toBeUndefined();
  });

  it('sends as many at once as the upstream takes, and none together with what it needs', async () => {
    const answer = await add({ confirmationToken: await tokenFor('a,b,c,d,e,a/1,a/2,bad,bad/1') });
    expect(told(answer)).toEqual([
      ...['a', 'b', 'c', 'd', 'e', 'a/1', 'a/2'].map(name => `${name} done`),
      '7 notDone',
      '8 notReached',
    ]);
    expect(sent).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'a/1'],
      ['a/2', 'bad'],
    ]);
  });

  it.each([
    ['before', ['a', 'b'], 0],
    ['half', ['b'], 1],
    ['after', [], 2],
  ] as const)(
    'whose answer is lost %s it was made: finds what is there, and sends nothing twice',
    async (how, missing, there) => {
      const confirmationToken = await tokenFor('a,b,c,d');
      lost = how;
      const first = await add({ confirmationToken });
      expect(first.output.items.filter(({ outcome }) => outcome === 'unknown')).toHaveLength(missing.length);
      expect(rows).toHaveLength(there);
      const again = await add({ confirmationToken: first.output.confirmationToken });
      expect(told(again)).toEqual(
        ['a', 'b', 'c', 'd'].map((name, at) => (missing.includes(name as never) ? `${at} unknown` : `${name} done`)),
      );
      expect(sent).toEqual([
        ['a', 'b'],
        ['c', 'd'],
      ]);
    },
  );

  it('finds later what was not to be seen at first', async () => {
    const confirmationToken = await tokenFor('a,b');
    lost = 'after';
    hidden = new Set(['a', 'b']);
    expect(told(await add({ confirmationToken }))).toEqual(['0 unknown', '1 unknown']);
    expect(told(await add({ confirmationToken }))).toEqual(['0 unknown', '1 unknown']);
    hidden.clear();
    expect(told(await add({ confirmationToken }))).toEqual(['a done', 'b done']);
    expect(sent).toHaveLength(1);
  });

  it('does not add once more by an equal plan what another one adds at the same moment, or has in doubt', async () => {
    const tokens = await Promise.all([tokenFor('a,b'), tokenFor('a,b')]);
    const answers = await Promise.all(tokens.map(confirmationToken => add({ confirmationToken })));
    for (const answer of answers) expect(told(answer)).toEqual(['a done', 'b done']);
    lost = 'after';
    hidden = new Set(['c']);
    await add({ confirmationToken: await tokenFor('c') });
    expect(told(await add({ confirmationToken: await tokenFor('c') }))).toEqual(['0 unknown']);
    expect(sent).toEqual([['a', 'b'], ['c']]);
  });
});
