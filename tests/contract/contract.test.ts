import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../functions/everySystem.ts';
import { fillWithSandboxes } from '../../tools/sandboxes.ts';
import { sandboxUser } from '../../tools/sandboxUser.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { sandboxedActions } from '../support/sandboxedActions.ts';
import { type Operation, readDefinition, requiredInputs, samples } from './definition.ts';

const key = 'function-key';
const keyed = { 'x-functions-key': key };
const isForUsers = (operationId: string) =>
  sandboxedActions.some(({ name, callers }) => name.toLowerCase() === operationId.toLowerCase() && callers === 'users');
/** Where nothing listens. */
const deadUrl = 'http://127.0.0.1:2';

/** What a failure says, in whichever of its two forms. */
interface Failed {
  code?: string;
  error?: { code: string };
}

const root = resolve(import.meta.dirname, '../..');
const ofSandboxed = (path: string) => sandboxedActions.some(({ system }) => path.split('/').includes(system));
/** The definitions of the connector and the plugin of every system that has a sandbox, and how failures come there. */
const definitions = [
  ...globSync('infra/connector/*/apiDefinition.swagger.json', { cwd: root })
    .filter(ofSandboxed)
    .map(path => [path, 'inline'] as const),
  ...globSync('infra/plugin/*/openapi.json', { cwd: root })
    .filter(ofSandboxed)
    .map(path => [path, 'problem'] as const),
];

describe.each(definitions)('a client that knows only %s', async (path, failuresAre) => {
  const definition = await readDefinition(path);
  let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
  let app: RunningApp;
  let cutOff: RunningApp;
  // Some actions are for nobody but who signed in.
  let signedIn: RunningApp;
  let signedInCutOff: RunningApp;

  beforeAll(async () => {
    const env: Record<string, string> = {};
    sandboxes = await fillWithSandboxes(systems, env);
    const urls = sandboxes.backings.map(({ url }) => url);
    const dead = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, urls.includes(value) ? deadUrl : value]),
    );
    [app, cutOff, signedIn, signedInCutOff] = await Promise.all([
      startApp({ env, keys: [key] }),
      startApp({ env: dead, keys: [key] }),
      startApp({ env: { ...env, ...sandboxUser.settings } }),
      startApp({ env: { ...dead, ...sandboxUser.settings } }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([app, cutOff, signedIn, signedInCutOff].map(each => each.stop()));
    await sandboxes.close();
  });

  const call = (operation: Operation, inputs: Record<string, unknown>, isCutOff = false) =>
    isForUsers(operation.operationId)
      ? definition.call(operation, inputs, (isCutOff ? signedInCutOff : signedIn).url, sandboxUser.headers)
      : definition.call(operation, inputs, (isCutOff ? cutOff : app).url, keyed);

  const codeOf = ({ status, body }: { status: number; body: unknown }) => {
    const { code, error } = body as Failed;
    expect(status === 200).toBe(failuresAre === 'inline');
    return failuresAre === 'inline' ? error?.code : code;
  };

  it.each(definition.operations)('gets from $operationId the answer that is declared', async operation => {
    const { status, body } = await call(operation, samples(operation));
    // What a write has done, or taken away, is not there for the next one.
    sandboxes.reset();
    expect({ status, body }).toMatchObject({
      status: 200,
      body: expect.not.objectContaining({ error: expect.anything() }),
    });
    expect(definition.problems(operation, status, body)).toEqual([]);
  });

  it.each(definition.operations.filter(operation => requiredInputs(operation).length > 0))(
    'gets from $operationId the failure that is declared when the required inputs are blank',
    async operation => {
      const blank = Object.fromEntries(requiredInputs(operation).map(name => [name, '']));
      const answer = await call(operation, blank);
      expect(codeOf(answer)).toBe('invalid_input');
      expect(definition.problems(operation, answer.status, answer.body)).toEqual([]);
    },
  );

  it.concurrent.each(definition.operations)(
    'gets from $operationId the failure that is declared when the system is down',
    async operation => {
      const answer = await call(operation, samples(operation), true);
      expect(codeOf(answer)).toBe('upstream_unavailable');
      expect(definition.problems(operation, answer.status, answer.body)).toEqual([]);
    },
  );
});
