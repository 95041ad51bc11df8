import type { Effect } from '../../shared/action/defineAction.ts';
import { MARK, markTexts } from './placeholders.ts';
import { namesOf } from './systemName.ts';

/**
 * What a new action of a system starts from: the smallest one that calls that system. Input, output, example and run are
 * TypeScript. A system has its own in functions/<system>/starter.ts, which is not part of the app.
 */
export interface Starter {
  /** What is imported from which file. */
  imports: Readonly<Record<string, readonly string[]>>;
  /** What it returns: `the key and the name of a project`. */
  returns: string;
  /** A sentence that says when to use another action. */
  instead: string;
  input: string;
  output: string;
  example: string;
  run: string;
}

/** For a system that has none of its own. */
export const plainStarter: Starter = {
  imports: {},
  returns: 'the text that it is given',
  instead: 'For anything else use another action.',
  input: "{ text: z.string().describe('The text.') }",
  output: "{ text: z.string().describe('The same text.') }",
  example: "{ text: 'Hello' }",
  run: 'async ({ text }) => ({ text })',
};

/** An action that is to be made. */
export interface NewAction {
  name: string;
  system: string;
  /** The first is taken. */
  toolsets: readonly string[];
  /** Undefined for a read. */
  effect: Effect | undefined;
}

/**
 * The file of a new action, which works as it is. What somebody has to think about is marked, and `npm run check` refuses
 * it until then. Its layout is left to the formatter.
 */
export function actionFile({ name, system, toolsets, effect }: NewAction, starter: Starter): string {
  const { constant } = namesOf(system);
  // Made twice, an addition leaves two; whoever knows better says so.
  const access = effect ? `access: 'write', effect: '${effect}', idempotent: ${effect !== 'adds'},` : "access: 'read',";
  const imports = Object.entries({ ...starter.imports, '../system.ts': [constant] });
  const [toolset] = toolsets;
  const choice = toolsets.length > 1 ? `// ${MARK}one of ${toolsets.join(', ')}.` : '';
  return markTexts(`import * as z from 'zod';
${imports.map(([file, names]) => `import { ${names.join(', ')} } from '${file}';`).join('\n')}

export default ${constant}.action({
  name: '${name}',
  ${choice}
  toolset: '${toolset}',
  ${access}
  title: '${sentence(name)}',
  description:
    'Returns ${starter.returns}. ' +
    'Use it when the user wants to ${words(name)}. ' +
    '${starter.instead}',
  // ${MARK}what it takes. What other actions take, too, is in ../api/inputs.ts.
  input: z.object(${starter.input}),
  // ${MARK}what of the answer people need, in plain words.
  output: z.object(${starter.output}),
  // ${MARK}an input that the sandbox has an answer for.
  example: ${starter.example},
  // ${MARK}what it asks the system for, by the facade in ../api/.
  run: ${starter.run},
});
`);
}

/** Its test, which calls the built app over HTTP with whatever the action has as its example. */
export function testFile({ name, system, effect }: NewAction): string {
  const url = `\${app.url}/api/${system}/${name}`;
  const call = effect ? `\`${url}\`, { json: action.example }` : `\`${url}?\${query}\``;
  const query = 'Object.entries(action.example).map(([name, value]): [string, string] => [name, String(value)])';
  return `import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../../functions/everySystem.ts';
import action from '../../../functions/${system}/actions/${name}.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';

let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
let app: RunningApp;

beforeAll(async () => {
  const env: Record<string, string> = {};
  const system = systems.filter(({ name }) => name === '${system}');
  sandboxes = await fillWithSandboxes(system, env);
  app = await startApp({ env });
});
afterAll(async () => {
  await app.stop();
  await sandboxes.close();
});

describe('${name}', () => {
  it('answers its example', async () => {
    ${effect ? '' : `const query = new URLSearchParams(${query});`}
    const { status, body } = await request<object>(${call});
    expect(status).toBe(200);
    expect(action.output.strict().safeParse(body).error).toBeUndefined();
  });

  it.todo('${MARK}a test for each behaviour that somebody would miss, here and where there is nothing to find.');
});
`;
}

/** `getSprintGoals` as `get sprint goals`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

function sentence(name: string): string {
  const text = words(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
