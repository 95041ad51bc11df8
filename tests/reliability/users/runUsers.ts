import { systems } from '../../../functions/everySystem.ts';
import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import type { SalesforceSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { startApp } from '../../support/app.ts';
import { principal } from '../../support/principal.ts';
import { catalogueOf } from '../canaries/catalogueOf.ts';
import { inputsFor } from '../canaries/inputs.ts';
import { createMarks } from '../canaries/marks.ts';
import { plantedWorld } from '../canaries/plantedWorld.ts';
import { plantJira } from '../canaries/plantJira.ts';
import { plantSalesforce } from '../canaries/plantSalesforce.ts';
import { type Asker, type Door, type WatchReport, watch } from '../canaries/watch.ts';
import { newSeed, randomFrom } from '../random.ts';
import { addressOf, closedInJira, closedKeys, grantInJira, type JiraUser, type Way } from './jiraRights.ts';
import {
  closedInSalesforce,
  grantInSalesforce,
  isClosedToOne,
  type SalesforceUser,
  usernameOf,
} from './salesforceRights.ts';

/** A person, by what the two systems know them as. */
interface Person {
  name: string;
  jira?: JiraUser;
  salesforce?: SalesforceUser;
}

const li: Person = { name: 'Li Wei', jira: 'li.wei', salesforce: 'li-wei' };
const zoe: Person = { name: 'Zoë', jira: 'zoe.obrien', salesforce: 'jonas-weber' };
const carla: Person = { name: 'Carla, a customer', jira: 'carla' };
const stranger: Person = { name: 'a stranger' };

const TENANT = '11111111-1111-4111-8111-111111111111';

/**
 * People with different rights at the vendors ask at the same time, each way that a call can be theirs: by their own
 * sign-ins at the vendors, and by a credential of the service whose answers are limited to them. Neither is shown what is
 * closed to them there, in whatever is answered, kept or logged.
 */
export async function runUsers(calls: number, way: Way, seed = newSeed()): Promise<WatchReport> {
  const random = randomFrom(seed);
  const marks = createMarks();
  let partiesOf: Awaited<ReturnType<typeof grantInJira>> = new Map();
  const world = await plantedWorld({
    async jira(folder) {
      await plantJira(folder, marks);
      partiesOf = await grantInJira(folder, marks, way);
    },
    async salesforce(folder) {
      await plantSalesforce(folder, marks, isClosedToOne);
      await grantInSalesforce(folder);
    },
  });
  const { jira, salesforce } = world;
  const app = await startApp({ env: { ...world.settings, ...settingsFor[way](jira, salesforce) } });
  const issueKeys = jira.site.issues.map(({ key }) => key);

  const askerOf = (person: Person, doors: Door[], mayCall: Asker['mayCall']): Asker => ({
    name: person.name,
    doors,
    closed: [...closedInJira(person.jira, way, marks, partiesOf), ...closedInSalesforce(person.salesforce, marks)],
    // What happened to an issue names others by their keys, which Jira shows to whoever may see the one.
    closedKeys: way === 'own sign-in' ? /(?!)/g : closedKeys(person.jira, issueKeys),
    mayCall,
  });

  const { url } = app;
  const ownSignIns = (person: Person, isGood = true): Asker => {
    const lifeSeconds = isGood ? 3600 : -60;
    const tokens: Record<string, string> = {
      jira: jira.tokenOf(addressOf[person.jira ?? 'li.wei'], { lifeSeconds }),
      salesforce: salesforce.tokenOf(usernameOf[person.salesforce ?? 'li-wei'], { lifeSeconds }),
    };
    const doors = Object.entries(tokens).map(([system, token]) => ({
      url,
      headers: { authorization: `Bearer ${token}`, ...forged },
      mcpPath: `/x/${toolsetsOf(system)}`,
      leadsTo: (action: { system: string }) => action.system === system,
    }));
    const others: Door = {
      url,
      headers: { 'x-functions-key': 'a-key' },
      mcpPath: '/x/all',
      leadsTo: ({ system }) => !(system in tokens),
    };
    return askerOf(person, [...doors, others], ({ system }) => isGood && system in tokens);
  };
  const signedIn = (person: Person): Asker => {
    const address =
      (person.salesforce && usernameOf[person.salesforce]) ??
      (person.jira && addressOf[person.jira]) ??
      'nobody@example.com';
    const headers = principal({ tid: TENANT, oid: `oid-${address}`, upn: address, scp: 'access' });
    return askerOf(person, [{ url, headers, mcpPath: '/x/all', leadsTo: () => true }], () => true);
  };
  const askers =
    way === 'own sign-in' ? [li, zoe].map(person => ownSignIns(person)) : [li, zoe, carla, stranger].map(signedIn);
  if (way === 'own sign-in') askers.push(ownSignIns(stranger, false));

  try {
    return await watch({
      calls,
      seed,
      random,
      askers,
      marks,
      inputOf: inputsFor(catalogueOf(jira, salesforce), random),
      kept: async () => ({
        'the log': app.logs(),
        ...(await world.kept()),
      }),
    });
  } finally {
    await app.stop();
    await world.close();
  }
}

/** What the platform says of a sign-in at Entra ID; on a route where it has looked at none, anybody can send it. */
const forged = principal({ tid: TENANT, oid: 'oid-admin', upn: 'ana.ruiz@example.com', scp: 'access' });

const toolsetsOf = (system: string): string =>
  Object.keys(systems.find(({ name }) => name === system)?.toolsets ?? {}).join(',');

type Sandboxes = [JiraSandbox, SalesforceSandbox];

const settingsFor: Readonly<Record<Way, (...sandboxes: Sandboxes) => Record<string, string>>> = {
  'own sign-in': (jira, salesforce) => ({
    JIRA_BASE_URL: jira.url,
    JIRA_CLOUD_ID: jira.cloudId,
    JIRA_AUTH: 'caller',
    SALESFORCE_LOGIN_URL: salesforce.url,
    SALESFORCE_AUTH: 'caller',
  }),
  'service credential': (jira, salesforce) => {
    const accountIdOf = (user: JiraUser) =>
      jira.site.people.find(({ email }) => email === addressOf[user])?.accountId ?? '';
    return {
      ...jira.settings,
      JIRA_RUN_AS: 'caller',
      JIRA_PERMISSIONS_EMAIL: jira.settings.JIRA_EMAIL,
      JIRA_PERMISSIONS_TOKEN: jira.settings.JIRA_API_TOKEN,
      JIRA_USER_MAP: [
        [usernameOf['li-wei'], accountIdOf('li.wei')],
        [usernameOf['jonas-weber'], accountIdOf('zoe.obrien')],
        [addressOf.carla, accountIdOf('carla')],
      ]
        .map(pair => pair.join('='))
        .join(', '),
      ...salesforce.jwtSettings(),
      SALESFORCE_RUN_AS: 'caller',
      INBOUND_AUTH: 'entra',
      WEBSITE_AUTH_ENABLED: 'True',
    };
  },
};
