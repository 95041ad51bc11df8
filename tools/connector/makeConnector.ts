import { resolve } from 'node:path';
import type { Action } from '../../shared/action/defineAction.ts';
import { actionsOf, type Declared } from '../generate/definition.ts';
import { connectorFolder } from '../generate/folders.ts';
import { makeApp } from './m365/makeApp.ts';
import { type Known, readFlags } from './readFlags.ts';
import { userConnectorSteps } from './userConnectorSteps.ts';
import { vendorSignIn } from './vendorSignIn.ts';
import { writeConnector } from './writeConnector.ts';

/**
 * Writes the connector that these flags ask for. The actions are loaded only for flags that can be served.
 * @returns what to do with it, in words
 * @throws WrongFlags
 */
export async function makeConnector(
  args: string[],
  known: Known,
  { load, version }: { load(): Promise<readonly Action[]>; version: string },
): Promise<string> {
  const { key, signIn: wanted, choice, app, out } = readFlags(args, known);
  const actions = await load();
  if (app) {
    const { systems } = known;
    const target = resolve(out ?? `connector/${app.system}/m365`);
    return makeApp({ ...app, version: app.version ?? version }, wanted, { choice, target, systems, actions });
  }
  const signIn =
    wanted.auth === 'user' ? { ...wanted, vendor: vendorSignIn(wanted, actionsOf(key, actions, choice)) } : wanted;
  const target = resolve(out ?? `connector/${connectorFolder(key)}`);
  const declared: Declared = { systems: known.systems, actions, version };
  const { title, definition, properties, icon } = await writeConnector(key, target, signIn, declared, choice);
  const pac = `pac connector create --api-definition-file "${definition}" --api-properties-file "${properties}" --icon-file "${icon}"`;
  const written = `Wrote the connector ${title} for ${signIn.host} to ${target}`;
  if (signIn.auth !== 'user') {
    return `${written}

Import its definition at https://make.powerapps.com, More > Discover all > Custom connectors; or run
  ${pac}`;
  }
  return `${written}

Import it, which is step 2 below, with
  ${pac}

${userConnectorSteps(signIn.userSignIn, [{ title, scopes: Object.keys(signIn.vendor.scopes) }])}`;
}
