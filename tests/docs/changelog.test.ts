import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { actions } from '../support/sandboxedActions.ts';
import { read } from './documents.ts';

const changelog = read('CHANGELOG.md');

it('the changelog has the version of the package, or what comes after it', () => {
  expect(changelog).toContain(`## [${packageJson.version}]`);
});

it.each(actions.filter(({ formerly }) => formerly))('the changelog tells of the former names of $name', action => {
  const { name, inputs } = action.formerly ?? {};
  const row = changelog
    .split('\n')
    .filter(line => /^ *\|/.test(line))
    .find(line => line.split(/[|,]/).some(cell => cell.trim() === action.name));
  for (const former of [...(name === undefined ? [] : [name]), ...Object.keys(inputs ?? {})]) {
    expect(row).toContain(`\`${former}\``);
  }
  for (const present of Object.values(inputs ?? {})) expect(row).toContain(`\`${present}\``);
});
