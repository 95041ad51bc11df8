// Writes a connector that can be imported as it is: `npm run connector -- --system jira --auth key --host <host>`.
import { readFile } from 'node:fs/promises';
import { actions } from '../../functions/actions.ts';
import { systems } from '../../functions/everySystem.ts';
import { makeConnector } from './makeConnector.ts';
import { usage, WrongFlags } from './readFlags.ts';
import { userSignIns } from './vendorSignIn.ts';

const load = () => Promise.all(actions.map(async ({ load }) => (await load()).default));
const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));

try {
  const known = { actions, systems, signIns: await userSignIns(systems) };
  console.log(await makeConnector(process.argv.slice(2), known, { load, version }));
} catch (error) {
  if (!(error instanceof WrongFlags)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 1;
}
