import { expect, it } from 'vitest';
import { isServed, notRun, reasonOf } from './commands.ts';
import { commandsOf, documents } from './documents.ts';

/** What tests/guides runs in a copy of the project. */
const isRun = (command: string) => /^(npm run (new|generate|check|fix|connector)|npx vitest run)\b/.test(command);

it.each(documents.filter(document => commandsOf(document).length > 0))(
  'each command of %s is run by a test, or it is told why it cannot be',
  document => {
    const unknown = commandsOf(document).filter(
      command => !isServed(command) && !isRun(command) && reasonOf(command) === undefined,
    );
    expect(unknown).toEqual([]);
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
