import { actions as entries, vendors as known } from '../../functions/actions.ts';
import { systems } from '../../functions/everySystem.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { sitesOf } from '../../shared/action/site.ts';
import type { UserSignIn } from '../../shared/action/userSignIn.ts';
import { isConfigured, readConfig } from '../../shared/settings/config.ts';
import { inCallerMode, soleSignIn } from '../../shared/settings/inboundAuth.ts';
import { userConnectorSteps } from '../../tools/connector/userConnectorSteps.ts';
import { isVendorClientId, readServer, userSignIns } from '../../tools/connector/vendorSignIn.ts';
import type { WrittenConnector } from '../../tools/connector/writeConnector.ts';
import { type ConnectorKey, connectorFolder } from '../../tools/generate/folders.ts';
import type { AzdValues } from './azd.ts';
import { readPairs } from './pairs.ts';

/** The client IDs of the apps at vendors, by the folders of the connectors that they are for. */
const CLIENT_IDS = 'USER_SIGN_IN_CLIENT_IDS';

/** Stands where a client ID is entered in Power Platform, or published later. */
export const NO_CLIENT_ID = 'your-client-id';

/** A connector that was written, and for one whose users sign in at a vendor, what they consent to there. */
export interface Made extends WrittenConnector {
  atVendor?: { system: System; folder: string; scopes: readonly string[]; isKnown: boolean };
}

/** A system whose users sign in at its vendor. */
export interface Vendor {
  system: System;
  userSignIn: UserSignIn;
  /** The origin of the vendor's authorization server. */
  server: string;
  /** Those among which each call chooses; none where there is one. */
  sites: readonly string[];
}

/** The systems that are configured so that users sign in at the vendor, by name. @throws Error for a setting that is wrong */
export async function readVendors(values: AzdValues): Promise<ReadonlyMap<string, Vendor>> {
  const signIns = await userSignIns(systems);
  const config = readConfig(values);
  return new Map(
    systems.flatMap(system => {
      const userSignIn = signIns.get(system.name);
      if (!userSignIn || !isConfigured(system, values) || !inCallerMode(system.callersSignIn, values)) return [];
      const { server } = userSignIn;
      const setting = typeof server === 'string' ? '' : server.setting;
      const found = readServer(userSignIn, values[setting]);
      if ('refusal' in found) throw new Error(`${setting} ${found.refusal}. Set it with azd env set, and run azd up.`);
      const [problem] = config.of(system).problems();
      if (problem) throw new Error(`${problem.message} Use azd env set, and run azd up.`);
      return [
        [system.name, { system, userSignIn, server: found.origin, sites: sitesOf(system, config, values) }] as const,
      ];
    }),
  );
}

/** The vendor whose users a connector signs in, if any. Where all callers of the app sign in at one, it is every connector's. */
export function vendorOf(
  key: ConnectorKey,
  vendors: ReadonlyMap<string, Vendor>,
  values: AzdValues,
): Vendor | undefined {
  const sole = vendors.get(soleSignIn(known, values) ?? '');
  return sole ?? (key === 'core' ? undefined : vendors.get(key.system));
}

/**
 * The apps at vendors, by the folder of the connector that each is for. A connector that is not published today may be named.
 * @throws Error for what is no client ID, or of no connector
 */
export function readClientIds(values: AzdValues): ReadonlyMap<string, string> {
  const keys = entries.flatMap(({ system, toolset }): ConnectorKey[] => [{ system }, { system, toolset }]);
  const folders = [...keys, 'core' as const].map(connectorFolder);
  const clientIds = readPairs(CLIENT_IDS, values, [...new Set(folders)]);
  const wrong = [...clientIds].find(([, clientId]) => !isVendorClientId(clientId));
  if (wrong) throw new Error(`${CLIENT_IDS} has no client ID for ${wrong[0]}: it must be as the vendor shows it.`);
  return clientIds;
}

/** A connector's own app at the vendor; where one app takes the redirect URLs of several, that of its system will do. */
export function clientIdOf(
  key: ConnectorKey,
  { system, userSignIn }: Vendor,
  clientIds: ReadonlyMap<string, string>,
): string | undefined {
  const own = clientIds.get(connectorFolder(key));
  return own ?? (userSignIn.app.redirectUrls === 'several' ? clientIds.get(system.name) : undefined);
}

/** What is left to do at a vendor for its connectors, and what keeps some of them from being published. */
export function vendorSteps({ system, userSignIn }: Vendor, connectors: readonly Made[]): string {
  const own = connectors.flatMap(({ title, atVendor }) =>
    atVendor?.system === system ? [{ title, ...atVendor }] : [],
  );
  const unknown = own.filter(({ isKnown }) => !isKnown);
  const names = userSignIn.app.redirectUrls === 'several' ? [system.name] : unknown.map(({ folder }) => folder);
  const missing = `Not published, because the client ID of their ${userSignIn.app.kind} is not known: ${unknown.map(({ title }) => title).join(', ')}.
Register it, set ${CLIENT_IDS} to it for those that you use, beside what it holds already, and run azd hooks run postdeploy:
  azd env set ${CLIENT_IDS} ${names.map(name => `${name}=<client ID>`).join(',')}
`;
  return `${unknown.length > 0 ? `${missing}\n` : ''}${userConnectorSteps(userSignIn, own)}`;
}
