import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JiraSandbox, type JiraSandboxOptions, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';

/**
 * The sandbox's own site with people of different rights. All that is there by default is there, and most of it both may
 * see; what is added for one of them has a mark in each of its texts, so that whoever looks for what got out looks for
 * the mark.
 *
 * Ana may see VAULT and not QUARRY, and Tyler QUARRY and not VAULT. Both may browse ATLAS, where Ana may do everything
 * and Tyler may not edit, assign, link, plan or administer, and BEACON, where it is Tyler who may edit and Ana may not.
 * In ATLAS there are issues, comments, worklogs and files that only one of them may see. Ana is an agent of HELP, and
 * Tyler is not: of its requests HELP-21 is his own, and in HELP-22 he takes part.
 */
export const people = {
  account: 'agent@example.com',
  ana: 'ana.ruiz@example.com',
  tyler: 'sam.tyler@example.com',
  /** A customer of the portal, whose are HELP-2, HELP-4, HELP-7 and HELP-20. */
  carla: 'carla@client.example',
};

/** What is in every text that only some may see. */
export const marks = {
  /** Ana's, which Tyler may not see. */
  ana: 'zqana',
  /** Tyler's, which Ana may not see. */
  tyler: 'zqtyler',
  /** Of requests that neither are Tyler's nor have him as a participant. Whoever may browse HELP sees them by Jira's own API. */
  desk: 'zqdesk',
  /** Of internal comments of requests, which no customer may read. */
  internal: 'zqinternal',
};

const developers = [
  people.ana,
  'li.wei@example.com',
  'zoe.obrien@example.com',
  'sam.taylor@example.com',
  'juergen.gross@example.com',
  'priya.n@example.com',
];

const types = ['Epic', 'Story', 'Task', 'Bug', 'Sub-task'];

/** A project that only one may browse, with one of everything. */
const closedProject = (
  id: number,
  { key, owner, mark, sprint }: { key: string; owner: string; mark: string; sprint: string },
) => ({
  id: String(id),
  key,
  name: `${key} ${mark}`,
  description: `What ${mark} is about.`,
  lead: owner,
  issueTypes: types,
  components: [{ id: String(id + 500), name: `Component ${mark}`, lead: owner }],
  versions: [{ id: String(id + 600), name: `Version ${mark}`, description: `For ${mark}.`, releaseDate: '+9d' }],
  boards: [{ id: String(id - 10_000), name: `Board ${mark}`, type: 'scrum', sprints: [sprint] }],
  permissions: { BROWSE_PROJECTS: [owner] },
});

const projects = [
  {
    key: 'ATLAS',
    roles: { Administrators: [people.ana], Developers: developers },
    permissions: {
      EDIT_ISSUES: 'Developers',
      ASSIGN_ISSUES: 'Developers',
      MODIFY_REPORTER: 'Developers',
      LINK_ISSUES: 'Developers',
      SCHEDULE_ISSUES: 'Developers',
      TRANSITION_ISSUES: 'Developers',
      MANAGE_WATCHERS: 'Developers',
      VIEW_VOTERS_AND_WATCHERS: 'Developers',
      MANAGE_SPRINTS_PERMISSION: 'Administrators',
      ADMINISTER_PROJECTS: 'Administrators',
      EDIT_ALL_COMMENTS: 'Administrators',
      DELETE_ALL_COMMENTS: 'Administrators',
    },
  },
  {
    key: 'BEACON',
    permissions: {
      CREATE_ISSUES: [people.tyler],
      EDIT_ISSUES: [people.tyler],
      ADD_COMMENTS: [people.tyler],
      WORK_ON_ISSUES: [people.tyler],
      CREATE_ATTACHMENTS: [people.tyler],
      TRANSITION_ISSUES: [people.tyler],
    },
  },
  {
    key: 'HELP',
    permissions: { SERVICEDESK_AGENT: [people.ana, 'sam.taylor@example.com', 'li.wei@example.com'] },
  },
  closedProject(10_030, { key: 'VAULT', owner: people.ana, mark: marks.ana, sprint: `Sprint ${marks.ana}` }),
  closedProject(10_031, { key: 'QUARRY', owner: people.tyler, mark: marks.tyler, sprint: `Sprint ${marks.tyler}` }),
];

const sprint = (id: number, mark: string) => ({
  id: String(id),
  name: `Sprint ${mark}`,
  state: 'active',
  start: '-4d',
  end: '+10d',
  goal: `To finish ${mark}`,
});

const site = {
  groups: { 'group-ana': [people.ana], 'group-tyler': [people.tyler] },
  sprints: [sprint(201, marks.ana), sprint(202, marks.tyler)],
};

const filters = [
  { id: '10801', name: `Filter ${marks.ana}`, owner: people.ana, jql: 'project = VAULT', shared: [] },
  { id: '10802', name: `Filter ${marks.tyler}`, owner: people.tyler, jql: 'project = QUARRY', shared: [] },
  // Everybody finds it, and not all that it finds.
  { id: '10803', name: 'All bugs', owner: people.account, jql: 'issuetype = Bug ORDER BY key ASC' },
];

/** Comments, worklogs and files of an issue that one alone sees, by their group. */
const restricted = (group: 'group-ana' | 'group-tyler', by: string, mark: string) => {
  const doing = { at: '-1d', by, visibility: { type: 'group', value: group } };
  return {
    comments: [{ ...doing, body: `Comment ${mark}` }],
    worklogs: [{ ...doing, minutes: 30, comment: `Work ${mark}` }],
    attachments: [{ ...doing, filename: `${mark}.txt`, mimeType: 'text/plain', file: `${mark}.txt` }],
  };
};

/** What somebody's closed project and restricted issues hold. */
const closedIssues = (key: string, by: string, mark: string) => [
  {
    key: `${key}-1`,
    type: 'Epic',
    summary: `Epic ${mark}`,
    created: '-30d',
    reporter: by,
    labels: [`label-${mark}`],
  },
  {
    key: `${key}-2`,
    type: 'Bug',
    summary: `Bug ${mark}: checkout charged twice`,
    description: `Nobody else knows of ${mark}.`,
    created: '-20d',
    reporter: by,
    assignee: by,
    status: 'In Progress',
    statusChanged: '-2d',
    parent: `${key}-1`,
    components: [`Component ${mark}`],
    fixVersions: [`Version ${mark}`],
    due: '+1d',
    fields: { Sprint: [`Sprint ${mark}`], 'Story Points': 5 },
    comments: [{ at: '-2d', by, body: `Comment ${mark}` }],
    worklogs: [{ at: '-2d', by, minutes: 60, comment: `Work ${mark}` }],
    attachments: [{ at: '-2d', by, filename: `log-${mark}.txt`, mimeType: 'text/plain', file: `${mark}.txt` }],
    remoteLinks: [
      { globalId: `doc=${mark}`, url: `https://docs.example/${mark}`, title: `Page ${mark}`, application: 'Docs' },
    ],
    changes: [{ at: '-1d', by, set: { summary: `Bug ${mark}: checkout charged two times`, priority: 'High' } }],
  },
  {
    key: `${key}-3`,
    type: 'Sub-task',
    summary: `Sub-task ${mark}`,
    created: '-10d',
    reporter: by,
    parent: `${key}-2`,
  },
];

const both = { created: '-9d', reporter: 'zoe.obrien@example.com' };

const issues = [
  ...closedIssues('VAULT', people.ana, marks.ana),
  ...closedIssues('QUARRY', people.tyler, marks.tyler),
  {
    // Tyler saw it in ATLAS, and no longer does.
    key: 'VAULT-4',
    type: 'Task',
    summary: `Moved ${marks.ana}`,
    created: '-8d',
    reporter: people.ana,
    movedFrom: [{ key: 'ATLAS-90', at: '-3d', by: people.ana }],
  },
  {
    key: 'ATLAS-100',
    type: 'Story',
    summary: 'Moved here from the old campaign site',
    ...both,
    movedFrom: [{ key: 'COMET-80', at: '-3d', by: people.ana }],
  },
  // Restricted by security: one for each, with a sub-task that has its security by it.
  ...(
    [
      [101, people.ana, marks.ana, 'VAULT'],
      [103, people.tyler, marks.tyler, 'QUARRY'],
    ] as const
  ).flatMap(([number, by, mark, closed]) => [
    {
      key: `ATLAS-${number}`,
      type: 'Task',
      summary: `Secure ${mark}`,
      description: `Secure text ${mark}`,
      created: '-9d',
      reporter: by,
      assignee: by,
      parent: 'ATLAS-1',
      due: '+1d',
      components: ['Checkout'],
      fixVersions: ['2.5'],
      fields: { Sprint: ['Sprint 43'], 'Story Points': 8 },
      security: [by],
      links: [
        { at: '-2d', by, type: 'Blocks', to: 'ATLAS-12' },
        { at: '-2d', by, type: 'Blocks', to: `${closed}-2` },
      ],
      comments: [{ at: '-2d', by, body: `Secure comment ${mark}` }],
    },
    {
      key: `ATLAS-${number + 1}`,
      type: 'Sub-task',
      summary: `Secure sub-task ${mark}`,
      created: '-8d',
      reporter: by,
      parent: `ATLAS-${number}`,
    },
  ]),
  // Both see these, whose parents and links one of them does not.
  {
    key: 'ATLAS-105',
    type: 'Story',
    summary: 'In an epic of another project',
    ...both,
    parent: 'VAULT-1',
    links: [{ at: '-2d', by: people.ana, type: 'Relates', to: 'VAULT-2' }],
  },
  {
    key: 'ATLAS-106',
    type: 'Story',
    summary: 'In an epic of yet another project',
    ...both,
    parent: 'QUARRY-1',
    links: [{ at: '-2d', by: people.tyler, type: 'Relates', to: 'QUARRY-2' }],
  },
  {
    key: 'ATLAS-107',
    type: 'Bug',
    summary: 'With comments, work and files that not everybody sees',
    ...both,
    comments: [
      { at: '-3d', by: 'zoe.obrien@example.com', body: 'Everybody may read this.' },
      {
        at: '-1d',
        by: people.ana,
        body: `For administrators: ${marks.ana}`,
        visibility: { type: 'role', value: 'Administrators' },
      },
      ...restricted('group-ana', people.ana, marks.ana).comments,
      ...restricted('group-tyler', people.tyler, marks.tyler).comments,
    ],
    worklogs: [
      { at: '-3d', by: 'zoe.obrien@example.com', minutes: 15 },
      ...restricted('group-ana', people.ana, marks.ana).worklogs,
      ...restricted('group-tyler', people.tyler, marks.tyler).worklogs,
    ],
    attachments: [
      ...restricted('group-ana', people.ana, marks.ana).attachments,
      ...restricted('group-tyler', people.tyler, marks.tyler).attachments,
    ],
  },
];

const request = { type: 'Task', created: '-4h' };
const internal = { at: '-1h', by: 'li.wei@example.com', body: `Note ${marks.internal}`, public: false };

const requests = [
  {
    ...request,
    key: 'HELP-20',
    summary: `Request ${marks.desk}`,
    description: `It is about ${marks.desk}.`,
    reporter: people.carla,
    request: { type: 'Get IT help', organizations: ['Contoso'] },
    comments: [{ at: '-2h', by: people.carla, body: `More of ${marks.desk}` }, internal],
  },
  {
    ...request,
    key: 'HELP-21',
    summary: 'My screen flickers',
    reporter: people.tyler,
    request: { type: 'Get IT help' },
    comments: [{ at: '-2h', by: 'li.wei@example.com', body: 'Since when?' }, internal],
    attachments: [
      {
        at: '-1h',
        by: 'li.wei@example.com',
        filename: `${marks.internal}.txt`,
        mimeType: 'text/plain',
        file: `${marks.internal}.txt`,
        public: false,
      },
    ],
  },
  {
    ...request,
    key: 'HELP-22',
    summary: 'The printer on our floor is out of ink',
    reporter: 'maria.keller@client.example',
    request: { type: 'Get IT help', participants: [people.tyler] },
    comments: [internal],
  },
];

const defaultFolder = fileURLToPath(new URL('../../functions/jira/sandbox/data/', import.meta.url));

interface Keyed {
  key: string;
}

/** What is there already is changed, and what is not is added. */
function merged<T extends Keyed>(defaults: readonly T[], more: readonly Keyed[]): Keyed[] {
  const changed = defaults.map(each => ({ ...each, ...more.find(({ key }) => key === each.key) }));
  return [...changed, ...more.filter(({ key }) => !defaults.some(each => each.key === key))];
}

/** Writes the data into `folder`, as a folder of a sandbox's own data. */
async function writeRightsData(folder: string): Promise<void> {
  const read = async (file: string) => JSON.parse(await readFile(join(defaultFolder, file), 'utf8'));
  const write = (file: string, data: unknown) => writeFile(join(folder, file), JSON.stringify(data, null, 2));
  await mkdir(join(folder, 'files'), { recursive: true });
  for (const mark of Object.values(marks)) await writeFile(join(folder, 'files', `${mark}.txt`), `The file ${mark}.`);
  for (const file of ['people.json', 'fields.json', 'serviceDesks.json']) await write(file, await read(file));
  const defaults = await read('site.json');
  await write('site.json', { ...defaults, ...site, sprints: [...defaults.sprints, ...site.sprints] });
  await write('projects.json', merged(await read('projects.json'), projects));
  await write('filters.json', [...(await read('filters.json')), ...filters]);
  await write('issues.json', merged(await read('issues.json'), issues));
  await write('requests.json', merged(await read('requests.json'), requests));
}

/** A sandbox with these data. */
export async function startRightsSite(options: Omit<JiraSandboxOptions, 'data'> = {}): Promise<JiraSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'rights-'));
  try {
    await writeRightsData(folder);
    return await startSandbox({ ...options, data: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}
