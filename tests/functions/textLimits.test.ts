import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions as entries } from '../../functions/actions.ts';
import { systems } from '../../functions/everySystem.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { readInput } from '../../shared/action/input.ts';
import { inputSchema } from '../../shared/action/plainSchema.ts';
import { Failure } from '../../shared/failure.ts';
import { fillWithSandboxes } from '../../tools/sandboxes.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { request } from '../support/request.ts';

const actions: Action[] = await Promise.all(entries.map(async ({ load }) => (await load()).default));
const texts = actions.flatMap(action =>
  Object.entries(inputSchema(action).properties)
    .filter(([, { type, enum: values }]) => type === 'string' && !values)
    .map(([field, { maxLength }]) => ({ name: `${action.name} ${field}`, action, field, maxLength })),
);

const errorsOf = ({ input }: Action, raw: Record<string, unknown>) => {
  try {
    readInput(input, raw);
    return [];
  } catch (error) {
    if (error instanceof Failure) return error.errors ?? [];
    throw error;
  }
};

describe('every text input', () => {
  it('is looked at', () => {
    expect(texts.length).toBeGreaterThan(100);
  });

  it.each(texts)('$name says how long it may be, and refuses one more', ({ action, field, maxLength = 0 }) => {
    expect(maxLength).toBeGreaterThan(0);
    // What a file holds may be nearly a whole body.
    const isFile = ['addAttachment', 'addRecordFile'].includes(action.name) && (field === 'text' || field === 'base64');
    expect(maxLength).toBeLessThanOrEqual(isFile ? 960_000 : 100_000);
    expect(errorsOf(action, { [field]: 'x'.repeat(maxLength + 1) })).toEqual([
      { field, message: expect.stringMatching(/^It must be at most [\d,]+ characters long, and has [\d,]+\./) },
    ]);
    // Whatever else is wrong with it, or with what is missing beside it, it is not too long.
    const others = errorsOf(action, { [field]: 'x'.repeat(maxLength) });
    expect(others.filter(({ message }) => message.includes('characters long, and has'))).toEqual([]);
  });

  it.each(['since', 'additionalFields', 'labels'])('%s is refused for its length before it is read', field => {
    const action = actions.find(({ input }) => field in input.shape);
    if (!action) throw new Error(`Nothing takes ${field}`);
    // As a list and as an object, too, which become texts.
    for (const value of ['T '.repeat(5e6), Array(1e5).fill('x'.repeat(9)), { a: 'x'.repeat(1e6) }]) {
      const errors = errorsOf(action, { [field]: value });
      expect(errors).toEqual([{ field, message: expect.stringContaining('characters long, and has') }]);
    }
  });
});

describe('over HTTP', () => {
  let app: RunningApp;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const env: Record<string, string> = {};
    const sandboxes = await fillWithSandboxes(systems, env);
    app = await startApp({ env });
    close = async () => {
      await app.stop();
      await sandboxes.close();
    };
  });
  afterAll(() => close());

  it('a text that is too long is refused with its limit', async () => {
    const json = { issueKey: 'ATLAS-1', comment: ' '.repeat(32_768) };
    const { status, body } = await request(`${app.url}/api/jira/addComment`, { json });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'invalid_input',
      detail: 'comment: It must be at most 32,767 characters long, and has 32,768. Shorten it, or split it.',
    });
  });

  it('any number of inputs, of any name, is refused in few words', async () => {
    const json = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`${index}${'x'.repeat(20)}`, 1]));
    const many = await request(`${app.url}/api/jira/addComment`, { json });
    const long = await request(`${app.url}/api/jira/addComment`, { json: { ['x'.repeat(900_000)]: 1 } });
    for (const { status, body } of [many, long]) {
      expect(status).toBe(400);
      expect(JSON.stringify(body).length).toBeLessThan(20_000);
    }
  });
});
