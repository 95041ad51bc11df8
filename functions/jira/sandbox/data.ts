import { doc, paragraph, text } from './adf.ts';
import { bullets, card, code, everything, link, lozenge, mention, numbers, panel, quote, tasks } from './adfSamples.ts';
import { issueTypes, linkTypes, priorities, resolutions, statuses } from './catalogue.ts';
import { addComment, addLink, addWorklog, createIssue, editIssue, moveIssue } from './changes.ts';
import { type IssueRow, issueRows } from './issueRows.ts';
import { dayOf } from './jqlDates.ts';
import type { AdfNode, FieldValue, Instant, Issue, Named, Person } from './model.ts';
import { agent, ana, automation, jurgen, li, marta, people, priya, samTaylor, samTyler, zoe } from './people.ts';
import { projects } from './projects.ts';
import { findIssue, findProject, type Site } from './site.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** What happened to the site, each thing at its time. */
type Event = { at: Instant; happen(): void };

/** The site as it is at the first tick of its clock: the same one every time, but for the dates. */
export function buildSite(now: () => Instant): Site {
  const start = now();
  let lastId = 20_000;
  const site: Site = {
    people,
    projects,
    issues: [],
    links: [],
    me: agent,
    timeZone: { name: 'Asia/Kolkata', offsetMinutes: 330 },
    now,
    nextId: () => String(++lastId),
  };
  const story = [...issueRows.flatMap(row => lifeOf(site, row, start)), ...particulars(site, start)];
  for (const event of story.sort((left, right) => left.at - right.at)) event.happen();
  for (const [key, more] of Object.entries(afterwards(start))) Object.assign(issue(site, key), more);
  return site;
}

const issue = (site: Site, key: string): Issue => {
  const found = findIssue(site, key);
  if (!found) throw new Error(`${key} does not exist yet`);
  return found;
};

const idOf = (list: Named[], name: string): string => {
  const found = list.find(each => each.name === name);
  if (!found) throw new Error(`Nothing is called ${name}`);
  return found.id;
};

/** The way from To Do to each status. */
const paths: Record<IssueRow['status'], string[]> = {
  'To Do': [],
  'In Progress': ['In Progress'],
  'In Review': ['In Progress', 'In Review'],
  Done: ['In Progress', 'In Review', 'Done'],
};

/** What each row tells: an issue is created, assigned, and moves through its statuses until its last change. */
function lifeOf(site: Site, row: IssueRow, start: Instant): Event[] {
  const at = (daysAgo: number) => start - Math.round(daysAgo * 24 * 60) * minute;
  const { key, created, changed, assignee } = row;
  const path = paths[row.status];
  const reporter = row.reporter ?? zoe;
  const events: Event[] = [
    {
      at: at(created),
      happen() {
        const project = findProject(site, key.split('-')[0] ?? '');
        if (!project) throw new Error(`${key} has no project`);
        const values = valuesOf(site, row, start);
        const made = createIssue(site, project, values, { by: reporter.accountId, at: at(created) });
        if (made.key !== key) throw new Error(`${key} stands at the wrong place: it would be ${made.key}`);
      },
    },
  ];
  if (assignee && path.length > 0) {
    const assigned = created - (created - changed) / (path.length + 1) / 2;
    events.push({
      at: at(assigned),
      happen: () =>
        editIssue(
          site,
          issue(site, key),
          { assignee: assignee.accountId },
          { by: reporter.accountId, at: at(assigned) },
        ),
    });
  }
  for (const [index, name] of path.entries()) {
    const moved = created - ((created - changed) * (index + 1)) / path.length;
    const values: Record<string, FieldValue> =
      name === 'Done' ? { resolution: idOf(resolutions, row.resolution ?? 'Done') } : {};
    events.push({
      at: at(moved),
      happen: () =>
        moveIssue(site, issue(site, key), idOf(statuses, name), values, {
          by: (assignee ?? reporter).accountId,
          at: at(moved),
        }),
    });
  }
  return events;
}

function valuesOf(site: Site, row: IssueRow, start: Instant): Record<string, FieldValue> {
  return {
    issuetype: idOf(issueTypes, row.type),
    summary: row.summary,
    description: row.description === undefined ? null : doc(row.description),
    priority: idOf(priorities, row.priority ?? 'Medium'),
    labels: row.labels ?? [],
    assignee: paths[row.status].length === 0 ? (row.assignee?.accountId ?? null) : null,
    ...(row.due !== undefined && { duedate: dayOf(site, start + row.due * day) }),
    ...(row.goLive !== undefined && { customfield_10032: dayOf(site, start + row.goLive * day) }),
    ...(row.parent !== undefined && { parent: issue(site, row.parent).id }),
    ...(row.points !== undefined && { customfield_10016: row.points }),
    ...row.more,
  };
}

/** What cannot be told in a row: talk, re-planning, links, work logged. */
function particulars(site: Site, start: Instant): Event[] {
  const events: Event[] = [];
  const when = (daysAgo: number, by: Person, happen: (act: { by: string; at: Instant }) => void) => {
    const at = start - Math.round(daysAgo * 24 * 60) * minute;
    events.push({ at, happen: () => happen({ by: by.accountId, at }) });
  };
  const comment = (key: string, daysAgo: number, by: Person, body: AdfNode) =>
    when(daysAgo, by, act => addComment(site, issue(site, key), body, act));
  const edit = (key: string, daysAgo: number, by: Person, values: () => Record<string, FieldValue>) =>
    when(daysAgo, by, act => editIssue(site, issue(site, key), values(), act));
  const work = (key: string, daysAgo: number, by: Person, hours: number, note?: string) =>
    when(daysAgo, by, act =>
      addWorklog(
        site,
        issue(site, key),
        {
          seconds: hours * 3600,
          started: act.at - hours * 3_600_000,
          comment: note === undefined ? undefined : doc(note),
        },
        act,
      ),
    );
  const relate = (source: string, type: string, target: string, daysAgo: number, by: Person) =>
    when(daysAgo, by, act => {
      const linkType = linkTypes.find(({ name }) => name === type);
      if (linkType) addLink(site, linkType, issue(site, source), issue(site, target), act);
    });

  // ATLAS-1 shows every kind of text that Jira's editor can make.
  edit('ATLAS-1', 6.5, ana, () => ({ description: everything(ana, zoe, dayOf(site, start)) }));
  comment('ATLAS-1', 40, zoe, doc('First draft is up.', quote('Nobody reads the terms.')));
  comment(
    'ATLAS-1',
    6.4,
    zoe,
    doc(paragraph(mention(ana), ' the scope reads well now. ', lozenge('APPROVED', 'green'))),
  );

  comment('ATLAS-12', 20, zoe, doc('Seen on two phones in support.'));
  comment(
    'ATLAS-12',
    2.2,
    li,
    doc(
      paragraph('I can reproduce it with a slow network: ', text('setTimeout', { type: 'code' }), ' fires twice.'),
      code('js', "button.addEventListener('click', pay);\nbutton.addEventListener('touchend', pay);"),
    ),
  );
  comment(
    'ATLAS-12',
    1.1,
    ana,
    doc(paragraph(mention(li), ' thanks. Fix is in review: ', card('https://example.com/git/atlas/pull/318'))),
  );
  edit('ATLAS-12', 3.4, zoe, () => ({ priority: idOf(priorities, 'High') }));
  edit('ATLAS-12', 3.3, zoe, () => ({ labels: ['checkout', 'customer'] }));
  work('ATLAS-12', 1.5, ana, 3.5, 'Found the second listener.');
  relate('ATLAS-12', 'Blocks', 'ATLAS-16', 2.9, zoe);
  relate('BEACON-3', 'Relates', 'ATLAS-12', 2.8, jurgen);

  edit('ATLAS-16', 4.1, ana, () => ({ summary: 'Pay with a saved card in one tap' }));
  edit('ATLAS-16', 4, ana, () => ({ customfield_10020: ['2', '3'] }));
  comment('ATLAS-16', 3.9, samTaylor, doc('Moved into Sprint 43.', tasks(['DONE', 'Estimate'], ['TODO', 'Ask legal'])));
  edit('ATLAS-18', 5.2, samTyler, () => ({
    description: doc('Results must say why they are there.', numbers('Match', 'Popularity')),
  }));
  comment(
    'ATLAS-18',
    5.1,
    samTyler,
    doc(panel('info', paragraph('Behind the flag ', text('search-why', { type: 'code' }), '.'))),
  );
  edit('ATLAS-20', 2.5, automation, () => ({ duedate: dayOf(site, start + 3 * day) }));
  edit('ATLAS-22', 1.9, li, () => ({ assignee: li.accountId }));
  edit('ATLAS-22', 1.8, li, () => ({ assignee: jurgen.accountId }));
  comment(
    'ATLAS-25',
    0.6,
    priya,
    doc(paragraph('Translations are at ', link('the usual place', 'https://example.com/i18n'), '.')),
  );
  relate('ATLAS-30', 'Duplicate', 'ATLAS-12', 0.9, priya);

  // ATLAS-9 is talked about more than a search shows, ATLAS-8 has changed more often.
  for (let number = 1; number <= 26; number += 1) {
    comment(
      'ATLAS-9',
      27 - number + 0.3,
      number % 2 ? samTaylor : jurgen,
      doc(`Status call ${number}: no news from the bank.`),
    );
  }
  for (let number = 1; number <= 115; number += 1) {
    edit('ATLAS-8', 58 - number / 2, automation, () => ({ customfield_10016: 1 + (number % 2) }));
  }

  comment('BEACON-3', 12, jurgen, doc(bullets('disk at 91 %', 'queue growing')));
  comment('BEACON-5', 3, zoe, doc('Pager was silent all night. Good.'));
  work('BEACON-5', 3.1, zoe, 1.5);
  work('BEACON-5', 9, zoe, 8, 'On call.');
  comment('COMET-3', 19, priya, doc('Waiting for marketing.'));
  work('COMET-3', 21, priya, 2);
  comment('COMET-1', 90, marta, doc('Handing this over before I leave.'));
  return events;
}

/** What no changelog tells. */
function afterwards(start: Instant): Record<string, Partial<Issue>> {
  const attached = (id: string, by: Person, daysAgo: number, filename: string, mimeType: string, size: number) => ({
    id,
    authorId: by.accountId,
    created: start - daysAgo * day,
    filename,
    mimeType,
    size,
  });
  return {
    'ATLAS-12': {
      attachments: [
        attached('10600', zoe, 20, 'double charge.png', 'image/png', 48_213),
        attached('10601', li, 2, 'network.har', 'application/json', 1_204_533),
      ],
    },
    'BEACON-3': { attachments: [attached('10602', jurgen, 12, 'disk-usage.csv', 'text/csv', 8_120)] },
    'COMET-2': { frozen: true },
  };
}
