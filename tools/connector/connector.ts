// Writes a connector that can be imported as it is: `npm run connector -- --system jira --auth key --host <host>`.
import { resolve } from 'node:path';
import { actions } from '../../functions/actions.ts';
import { connectorFolder } from '../generate/folders.ts';
import { readFlags, usage, WrongFlags } from './readFlags.ts';
import { writeConnector } from './writeConnector.ts';

try {
  const { key, signIn, out } = readFlags(process.argv.slice(2), actions);
  const target = resolve(out ?? `connector/${connectorFolder(key)}`);
  const { title, definition, properties, icon } = await writeConnector(key, target, signIn);
  console.log(`Wrote the connector ${title} for ${signIn.host} to ${target}

Import its definition at https://make.powerapps.com, More > Discover all > Custom connectors; or run
  pac connector create --api-definition-file "${definition}" --api-properties-file "${properties}" --icon-file "${icon}"`);
} catch (error) {
  if (!(error instanceof WrongFlags)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 1;
}
