import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isServed, notRun, reasonOf } from './commands.ts';
import { commandsOf, documents, read, root } from './documents.ts';

/** What tests/guides runs in a copy of the project. */
const isRun = (command: string) => /^(npm run (new|generate|check|fix|connector)|npx vitest run)\b/.test(command);

it.each(documents.filter(document => commandsOf(document).length > 0))(
  'each command of %s is run by a test, or it is told why it cannot be',
  document => {
    const unknown = commandsOf(document).filter(
      command => !isServed(command) && !isRun(command) && reasonOf(command) === undefined,
    );
    expect(unknown, 'let tests/guides run it, or say in tests/docs/commands.ts why it cannot be').toEqual([]);
  },
);

it('no reason is given for what is in no document', () => {
  const commands = documents.flatMap(commandsOf);
  const unused = Object.keys(notRun).filter(start => !commands.some(command => reasonOf(command) === notRun[start]));
  expect(unused).toEqual([]);
});

it('the README begins with the two commands that start it', () => {
  expect(commandsOf('README.md').slice(0, 3)).toEqual(['npm ci', 'npm start', expect.stringMatching(/^curl '/)]);
});

it('deploying needs azd, npm and git alone: no command of the page and no hook begins with another program', () => {
  const hooks = [...read('azure.yaml').matchAll(/\brun: (\S+) .*?([\w/-]+\.ts)/g)];
  expect(hooks.length).toBeGreaterThan(0);
  expect(new Set(hooks.map(([, program]) => program))).toEqual(new Set(['npx']));
  const programs = new Set(commandsOf('docs/deploy.md').map(command => command.split(' ')[0]));
  expect(programs).toEqual(new Set(['azd', 'npm', 'git']));

  // What hooks start themselves; pac where it is there.
  const starting = globSync('infra/hooks/*.ts', { cwd: root }).filter(file =>
    read(file).includes('node:child_process'),
  );
  expect(starting.toSorted()).toEqual(['infra/hooks/azd.ts', 'infra/hooks/pac.ts']);
});
