// Writes a connector that can be imported as it is: `npm run connector -- --system jira --auth key --host <host>`.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { actions as entries } from '../../functions/actions.ts';
import { systems } from '../../functions/everySystem.ts';
import { actionsOf } from '../generate/definition.ts';
import { connectorFolder } from '../generate/folders.ts';
import { readFlags, usage, WrongFlags } from './readFlags.ts';
import { userConnectorSteps } from './userConnectorSteps.ts';
import { userSignIns, vendorSignIn } from './vendorSignIn.ts';
import { writeConnector } from './writeConnector.ts';

try {
  const known = { actions: entries, systems, signIns: await userSignIns(systems) };
  const { key, signIn: wanted, choice, out } = readFlags(process.argv.slice(2), known);
  const actions = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const signIn =
    wanted.auth === 'user' ? { ...wanted, vendor: vendorSignIn(wanted, actionsOf(key, actions, choice)) } : wanted;
  const target = resolve(out ?? `connector/${connectorFolder(key)}`);
  const { title, definition, properties, icon } = await writeConnector(
    key,
    target,
    signIn,
    { systems, actions, version },
    choice,
  );
  const pac = `pac connector create --api-definition-file "${definition}" --api-properties-file "${properties}" --icon-file "${icon}"`;
  console.log(`Wrote the connector ${title} for ${signIn.host} to ${target}\n`);
  if (signIn.auth === 'user') {
    const scopes = Object.keys(signIn.vendor.scopes);
    console.log(`Import it, as step 2 below, with
  ${pac}

${userConnectorSteps(signIn.userSignIn, [{ title, scopes }])}`);
  } else {
    console.log(`Import its definition at https://make.powerapps.com, More > Discover all > Custom connectors; or run
  ${pac}`);
  }
} catch (error) {
  if (!(error instanceof WrongFlags)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 1;
}
