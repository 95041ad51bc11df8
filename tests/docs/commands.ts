import { commandsOf, documents } from './documents.ts';

/** What of the documents is not run in a copy, by how the command begins, and why. */
export const notRun: Readonly<Record<string, string>> = {
  'npm ci': 'the copy has its packages; .ci/run runs it first, in a fresh clone',
  'npm test': 'the suite would run itself; .ci/run runs it',
  'npm run func': 'needs the Core Tools of Azure Functions',
  azd: 'needs Azure; tests/infra tries the hooks that it runs, and what the templates would deploy',
  git: 'needs a repository to merge from, or takes the copy to another state',
  'npx mcp-inspector': 'tests/functions/endpoints/mcp.test.ts runs it against the built app',
  'npm run secrets': 'needs a vault; tests/infra/setSecrets.test.ts runs it with a stand-in',
};

/** What is served: begun once, and called by the others. */
export const isServed = (command: string) => /^npm (start|run dev)$/.test(command) || command.startsWith('curl ');

export const reasonOf = (command: string): string | undefined =>
  Object.entries(notRun).find(([start]) => command === start || command.startsWith(`${start} `))?.[1];

const all = documents.flatMap(commandsOf);

/** What is run in turn; what several documents end with is run once, at the end. */
export const steps = all.filter(
  (command, place) => !isServed(command) && !reasonOf(command) && all.lastIndexOf(command) === place,
);

export const calls = [...new Set(all.filter(command => command.startsWith('curl ')))];
