/** What a new action of a system starts from: the smallest one that calls that system. */
interface Starter {
  imports: string;
  returns: string;
  instead: string;
  input: string;
  output: string;
  example: string;
  run: string;
}

const starters: Readonly<Record<string, Starter>> = {
  jira: {
    imports: "import { projectId } from '../../functions/jira/api/inputs.ts';",
    returns: 'the key and the name of a Jira project',
    instead: 'For what changed lately in it use getProjectUpdates.',
    input: '{ projectId }',
    output: `{
      key: z.string().describe('The key of the project.'),
      name: z.string().describe('The name of the project.'),
    }`,
    example: "{ projectId: 'ATLAS' }",
    run: `run({ projectId }, { jira }) {
      const { key, name } = await jira.getProject(projectId);
      return { key, name };
    }`,
  },
  salesforce: {
    imports: "import { objectType } from '../../functions/salesforce/api/inputs.ts';",
    returns: 'the name and the label of a Salesforce object',
    instead: 'For its fields use describeObject.',
    input: '{ objectType }',
    output: `{
      name: z.string().describe('The API name of the object.'),
      label: z.string().describe('The name of the object as people see it.'),
    }`,
    example: "{ objectType: 'Account' }",
    run: `run({ objectType }, { salesforce }) {
      const { name, label } = await salesforce.describe(objectType);
      return { name, label };
    }`,
  },
};

/** For a system that has none of its own yet. */
const plainStarter: Starter = {
  imports: '',
  returns: 'the text that it is given',
  instead: 'For anything else use another action.',
  input: "{ text: z.string().describe('The text.') }",
  output: "{ text: z.string().describe('The same text.') }",
  example: "{ text: 'Hello' }",
  run: 'run({ text }) { return { text }; }',
};

/** The file of a new action, which works as it is. Its layout is left to the formatter. */
export function actionFile(system: string, name: string): string {
  const { imports, returns, instead, input, output, example, run } = starters[system] ?? plainStarter;
  return `import * as z from 'zod';
import { defineAction } from '../../../shared/action/defineAction.ts';
${imports}

export default defineAction({
  name: '${name}',
  system: '${system}',
  access: '${accessOf(name)}',
  title: '${sentence(name)}',
  description:
    'Gives ${returns}. ' +
    'Use it when the user wants to ${words(name)}. ' +
    '${instead}',
  input: z.object(${input}),
  output: z.object(${output}),
  example: ${example},
  async ${run},
});
`;
}

/** Its test, which calls the built app over HTTP. */
export function testFile(system: string, name: string): string {
  const { example } = starters[system] ?? plainStarter;
  const url = `\${app.url}/api/${system}/${name}`;
  const call =
    accessOf(name) === 'read' ? `\`${url}?\${new URLSearchParams(${example})}\`` : `\`${url}\`, { json: ${example} }`;
  return `import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import action from '../../../functions/${system}/actions/${name}.ts';
import { systems } from '../../../functions/systems.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';

let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
let app: RunningApp;

beforeAll(async () => {
  const env: Record<string, string> = {};
  sandboxes = await fillWithSandboxes(systems, env);
  app = await startApp({ env });
});
afterAll(async () => {
  await app.stop();
  await sandboxes.close();
});

describe('${name}', () => {
  it('answers its example', async () => {
    const { status, body } = await request<object>(${call});
    expect(status).toBe(200);
    expect(action.output.strict().safeParse(body).error).toBeUndefined();
  });
});
`;
}

function accessOf(name: string): 'read' | 'write' {
  return /^(count|describe|find|get|list|query|read|search|show)[A-Z]/.test(name) ? 'read' : 'write';
}

/** `getSprintGoals` as `get sprint goals`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

function sentence(name: string): string {
  const text = words(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
