import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { entra } from '../signedIn.ts';

/** It stands in everything that Ana must not see. */
export const SECRET = 'Quokka';

const paragraph = (text: string) => ({
  type: 'doc' as const,
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});

function required<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('It is not in the data of the sandbox');
  return thing;
}

/**
 * A site of which Ana sees a part and Zoe all: BEACON is Zoe's, with its board, component, version and filter, ATLAS-16 is secret,
 * comments and work on ATLAS-12 are restricted, and in HELP Zoe alone is an agent.
 */
export async function secretSite(): Promise<{ sandbox: JiraSandbox; env: Record<string, string> }> {
  const sandbox = await startSandbox();
  const { site, settings } = sandbox;
  const zoe = required(site.people.find(({ email }) => email === 'zoe.obrien@example.com')).accountId;
  const project = (key: string) => required(site.projects.find(each => each.key === key));
  const issue = (key: string) => required(site.issues.find(each => each.key === key));

  const beacon = project('BEACON');
  beacon.permissions.BROWSE_PROJECTS = [zoe];
  beacon.name = `${SECRET} project`;
  beacon.description = `${SECRET} project`;
  beacon.components.push({ id: '90001', name: `${SECRET} part` });
  beacon.versions.push({ id: '90002', name: `${SECRET} 1`, released: false, archived: false });
  project('HELP').permissions.SERVICEDESK_AGENT = [zoe];
  for (const { key, values, comments } of site.issues) {
    if (key.startsWith('BEACON-')) values.summary = `${SECRET} of BEACON`;
    if (key.startsWith('HELP-'))
      for (const each of comments) if (!each.isPublic) each.body = paragraph(`${SECRET} note`);
  }
  for (const board of site.boards) {
    if (board.projectId === beacon.id) board.name = `${SECRET} board`;
  }
  const secret = issue('ATLAS-16');
  secret.security = [zoe];
  secret.values.summary = `${SECRET} of ATLAS`;
  const { comments, worklogs, attachments } = issue('ATLAS-12');
  const [comment] = comments;
  Object.assign(required(comment), { role: 'Administrators', body: paragraph(`${SECRET}comment`) });
  const [file] = attachments;
  required(file).filename = `${SECRET}.har`;
  required(comment).body.content = [
    { type: 'mediaSingle', content: [{ type: 'media', attrs: { type: 'file', id: 'm', alt: `${SECRET}.har` } }] },
  ];
  const [work] = worklogs;
  Object.assign(required(work), { role: 'Administrators', comment: paragraph(`${SECRET}work`) });
  const filter = { id: '90003', description: '', jql: 'project = BEACON', ownerId: zoe, sharedWith: [zoe] };
  Object.assign(site, { filters: [...site.filters, { ...filter, name: `${SECRET} filter` }] });
  return {
    sandbox,
    env: {
      ...entra,
      JIRA_RUN_AS: 'caller',
      JIRA_PERMISSIONS_EMAIL: settings.JIRA_EMAIL,
      JIRA_PERMISSIONS_TOKEN: settings.JIRA_API_TOKEN,
    },
  };
}
