import type { UserSignIn } from '../../shared/action/userSignIn.ts';

/** What is to be done by hand for these connectors of a system before their users can sign in at its vendor. */
export function userConnectorSteps(
  { vendor, app }: UserSignIn,
  connectors: readonly { title: string; scopes: readonly string[] }[],
): string {
  const scopesOf = (scopes: readonly string[]) => scopes.filter(scope => !app.unlistedScopes.includes(scope)).join(' ');
  const same = new Set(connectors.map(({ scopes }) => scopesOf(scopes))).size === 1;
  const lists = (same ? connectors.slice(0, 1) : connectors).map(
    ({ title, scopes }) => `       ${same ? '' : `${title}: `}${scopesOf(scopes)}`,
  );
  return `Users sign in at ${vendor}, by an ${app.kind} of yours: ${app.console}. ${countApps(app, connectors.length)}
  1. Give the ${app.kind} its scopes (${app.scopesAt}):
${lists.join('\n')}
  2. Import the connector with pac. A definition that is imported by hand leaves out how tokens are renewed.
  3. On its Security tab in Power Platform see that the client ID is that of the ${app.kind}, enter the client secret, and choose
     Update connector. The secret goes there and into no file.
  4. The tab then shows the redirect URL, which is this connector's own and known only now. Enter it at ${vendor}
     (${app.redirectUrlAt}).
  5. Make a connection: ${vendor} asks you to sign in and to consent. Whoever uses the agent is asked once, too.
When the scopes change, as with other toolsets, enter them at ${vendor} and update the connector; everybody then makes their
connection anew, because what they consented to stays as it was. docs/copilot-studio.md has every click.`;
}

function countApps({ kind, redirectUrls }: UserSignIn['app'], connectors: number): string {
  if (redirectUrls === 'several') return `One ${kind} takes the redirect URLs of all connectors.`;
  const these =
    connectors === 1
      ? 'so this connector needs one of its own'
      : `so these ${connectors} connectors need ${connectors}`;
  return `An ${kind} takes one redirect URL, ${these}.`;
}
