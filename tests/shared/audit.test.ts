import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { systems } from '../../functions/everySystem.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import type { AuditEvent } from '../../shared/audit/auditEvent.ts';
import { fillWithSandboxes } from '../../tools/sandboxes.ts';
import { sandboxUser } from '../../tools/sandboxUser.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { answerOf, putBack } from '../support/examples.ts';
import { request } from '../support/request.ts';
import { sandboxedActions as actions } from '../support/sandboxedActions.ts';

const writes = actions.filter(({ access }) => access === 'write');
/** It can be carried out again. */
const adding = writes.find(({ name }) => name === 'addComment') as Action;
const reading = actions.find(({ access }) => access === 'read') as Action;

let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
let env: Record<string, string>;
let azurite: Azurite;
let app: RunningApp;
/** The same app for people who sign in. */
let signedIn: RunningApp;

beforeAll(async () => {
  env = {};
  sandboxes = await fillWithSandboxes(systems, env);
  azurite = await startAzurite();
  await azurite.createTable('audit');
  const { LEDGER_TABLE_ENDPOINT: endpoint = '', ...identity } = azurite.settings;
  const kept = { ...env, ...identity, AUDIT_TABLE_ENDPOINT: endpoint };
  [app, signedIn] = await Promise.all([
    startApp({ env: kept }),
    startApp({ env: { ...kept, ...sandboxUser.settings } }),
  ]);
});
afterAll(async () => {
  await Promise.all([app.stop(), signedIn.stop()]);
  await azurite.stop();
  await sandboxes.close();
});

async function call({ system, name, access }: Action, input: object, id: string, at = app) {
  const headers = { ...(at === signedIn && sandboxUser.headers), 'x-correlation-id': id, 'x-functions-key': 'a-key' };
  const url = `${at.url}/api/${system}/${name}`;
  return access === 'read'
    ? request(`${url}?${new URLSearchParams(input as Record<string, string>)}`, { headers })
    : request(url, { headers, json: input });
}

const eventsOf = (id: string, at = app): AuditEvent[] =>
  at
    .logs()
    .split('\n')
    .filter(line => line.includes('"event":"audit"') && line.includes(id))
    .map(line => JSON.parse(line.slice(line.indexOf('{'))));

const outcomes = z.object({ items: z.array(z.object({ key: z.string() })) });

describe('the audit', () => {
  it.each(writes)('has one event for $name, with what was touched and nothing of its contents', async action => {
    const id = `audit-${action.name}-`;
    const isForUsers = action.callers === 'users';
    const at = isForUsers ? signedIn : app;
    const { body: plan } = action.planned ? await call(action, action.example, `plan-${action.name}`, at) : {};
    const input = plan ? { confirmationToken: plan.confirmationToken } : action.example;
    const { status, body } = await call(action, input, id, at);
    putBack(action, sandboxes);
    expect(status, answerOf(action, body)).toBe(200);
    const events = eventsOf(id, at);
    expect(events).toHaveLength(1);
    const [event] = events;
    expect(event).toMatchObject({
      action: action.name,
      outcome: 'done',
      caller: isForUsers
        ? { kind: 'user', userName: 'ana.ruiz@example.com' }
        : { kind: 'key', id: expect.stringMatching(/^key:[0-9a-f]{16}$/) },
      ...(!isForUsers && { agent: expect.stringMatching(/^[0-9a-f]{16}$/) }),
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    // Something was touched, and it is told by keys and IDs that stand in the call or its answer.
    expect(event?.touched).not.toEqual([]);
    const items = outcomes.safeParse(body).data?.items ?? [];
    const known = [...Object.values(action.example), ...Object.values(body), ...items.map(({ key }) => key)];
    for (const identifier of event?.touched ?? []) expect(known).toContain(identifier);
    for (const text of event?.touched ?? []) expect(text).toMatch(/^[\w-]+$/);
  });

  it('tells a repetition, a refusal by the upstream and a refused call from what was done', async () => {
    const input = { ...adding.example };
    await call(adding, input, 'audit-first');
    await call(adding, input, 'audit-again');
    expect(eventsOf('audit-again')).toMatchObject([{ outcome: 'repeated' }]);
    await call(adding, {}, 'audit-bad');
    expect(eventsOf('audit-bad')).toMatchObject([{ outcome: 'failed', code: 'invalid_input', touched: [] }]);
    const readOnly = await startApp({ env: { ...env, READ_ONLY: 'true' } });
    await call(adding, adding.example, 'audit-refused', readOnly);
    expect(eventsOf('audit-refused', readOnly)).toMatchObject([{ outcome: 'refused', code: 'forbidden' }]);
    await readOnly.stop();
  });

  it('has nothing of a read, unless it was refused', async () => {
    await call(reading, reading.example, 'audit-read');
    expect(eventsOf('audit-read')).toEqual([]);
    const entra = await startApp({ env: { ...env, INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'true' } });
    await call(reading, reading.example, 'audit-unknown', entra);
    expect(eventsOf('audit-unknown', entra)).toMatchObject([
      { outcome: 'refused', code: 'unauthenticated', caller: { kind: 'unknown' } },
    ]);
    await entra.stop();
  });

  it('is in the table as well, once per event', async () => {
    await call(adding, { ...adding.example, repeat: true }, 'audit-kept');
    const rows = (await azurite.readTable('audit')).split('"RowKey"').filter(row => row.includes('audit-kept'));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`"action":"${adding.name}"`);
    expect(app.logs()).not.toContain('auditNotKept');
  });

  it('never fails a call: a table that cannot be written is an error in the log', async () => {
    const cut = await startApp({ env: { ...env, AUDIT_TABLE_ENDPOINT: 'https://127.0.0.1:1/account' } });
    const { status } = await call(adding, { ...adding.example, repeat: true }, 'audit-cut', cut);
    expect(status).toBe(200);
    expect(eventsOf('audit-cut', cut)).toHaveLength(1);
    expect(cut.logs()).toContain('auditNotKept');
    await cut.stop();
  });

  it('is never sampled', () => {
    const { logging } = JSON.parse(readFileSync('host.json', 'utf8'));
    expect(logging.applicationInsights.samplingSettings.excludedTypes.split(';')).toContain('Trace');
  });
});
