import type { FieldValue, Person } from './model.ts';
import { ana, jurgen, li, marta, priya, samTaylor, samTyler, zoe } from './people.ts';

/** One issue's life in short. Days count back from now; `due` and `goLive` count forward. */
export interface IssueRow {
  key: string;
  type: 'Epic' | 'Story' | 'Task' | 'Bug' | 'Sub-task';
  summary: string;
  status: 'To Do' | 'In Progress' | 'In Review' | 'Done';
  created: number;
  /** When its status changed last. */
  changed: number;
  assignee?: Person;
  reporter?: Person;
  priority?: string;
  labels?: string[];
  due?: number;
  goLive?: number;
  parent?: string;
  points?: number;
  resolution?: string;
  description?: string;
  more?: Record<string, FieldValue>;
}

type Short = Omit<IssueRow, 'key' | 'type' | 'summary' | 'status' | 'created' | 'changed'>;

const row = (
  key: string,
  type: IssueRow['type'],
  summary: string,
  status: IssueRow['status'],
  created: number,
  changed: number,
  rest: Short = {},
): IssueRow => ({ key, type, summary, status, created, changed, ...rest });

const team = { platform: '10210', mobile: '10211', payments: '10212' };

/** Oldest first within each project, since that is how keys are given out. */
export const issueRows: IssueRow[] = [
  row('ATLAS-1', 'Epic', 'Checkout redesign', 'In Progress', 110, 60, {
    assignee: ana,
    priority: 'High',
    due: 40,
    labels: ['checkout'],
    goLive: 60,
    more: { customfield_10031: team.payments },
  }),
  row('ATLAS-2', 'Epic', 'Search that explains itself', 'In Progress', 108, 50, { assignee: samTyler, due: 60 }),
  row('ATLAS-3', 'Epic', 'Accounts without passwords', 'To Do', 100, 100, { assignee: zoe, priority: 'Low' }),
  row('ATLAS-4', 'Story', 'See the basket total with tax', 'Done', 95, 31, {
    assignee: ana,
    parent: 'ATLAS-1',
    points: 5,
    more: { fixVersions: ['10500'], components: ['10400'] },
  }),
  row('ATLAS-5', 'Story', 'Edit quantities in the basket', 'Done', 92, 28, {
    assignee: li,
    parent: 'ATLAS-1',
    points: 3,
    more: { fixVersions: ['10500'] },
  }),
  row('ATLAS-6', 'Bug', 'Voucher codes are case-sensitive', 'Done', 80, 25, {
    assignee: marta,
    priority: 'Low',
    resolution: "Won't Do",
    labels: ['vouchers'],
  }),
  row('ATLAS-7', 'Task', 'Rotate the payment certificates', 'Done', 75, 24, {
    assignee: jurgen,
    labels: ['ops', 'security'],
    more: { customfield_10031: team.platform },
  }),
  row('ATLAS-8', 'Task', 'Nightly estimate refresh', 'In Progress', 70, 59, {
    assignee: jurgen,
    points: 2,
    labels: ['ops'],
    due: -12,
  }),
  row('ATLAS-9', 'Task', 'Get the bank to open port 8443', 'In Progress', 65, 30, {
    assignee: samTaylor,
    priority: 'Highest',
    due: -5,
    labels: ['blocked'],
  }),
  row('ATLAS-10', 'Sub-task', 'Write the firewall request', 'Done', 64, 26, { assignee: samTaylor, parent: 'ATLAS-9' }),
  row('ATLAS-11', 'Sub-task', 'Test from the staging network', 'To Do', 63, 63, {
    assignee: jurgen,
    parent: 'ATLAS-9',
  }),
  row('ATLAS-12', 'Bug', 'Customers are charged twice on a slow network', 'In Progress', 22, 2.4, {
    assignee: ana,
    priority: 'Medium',
    parent: 'ATLAS-1',
    due: 1,
    points: 3,
    labels: ['checkout'],
    description: 'A second tap on “Pay” while the first request is open charges the card again.',
    more: {
      components: ['10400'],
      fixVersions: ['10501'],
      customfield_10030: '10200',
      customfield_10034: ['10220', '10221'],
      customfield_10033: li.accountId,
    },
  }),
  row('ATLAS-13', 'Story', 'Guest checkout keeps the e-mail address', 'Done', 21.5, 6.2, {
    assignee: li,
    parent: 'ATLAS-1',
    points: 2,
  }),
  row('ATLAS-14', 'Bug', 'Search ignores accents: "café" finds nothing', 'Done', 21, 4.6, {
    assignee: samTyler,
    parent: 'ATLAS-2',
    labels: ['search', 'i18n'],
  }),
  row('ATLAS-15', 'Task', 'Delete the old basket service', 'To Do', 20.5, 20.5, {
    priority: 'Lowest',
    labels: ['cleanup'],
  }),
  row('ATLAS-16', 'Story', 'Pay with a saved card', 'To Do', 20, 20, {
    assignee: samTaylor,
    parent: 'ATLAS-1',
    points: 8,
    more: { customfield_10020: ['2'], customfield_10031: team.payments },
  }),
  row('ATLAS-17', 'Sub-task', 'Ask legal about stored cards', 'To Do', 19.5, 19.5, { parent: 'ATLAS-16', due: -1 }),
  row('ATLAS-18', 'Story', 'Say why a result is shown', 'In Review', 19, 5, {
    assignee: samTyler,
    parent: 'ATLAS-2',
    points: 5,
    more: { components: ['10401'] },
  }),
  row('ATLAS-19', 'Bug', 'Order history is empty after midnight UTC', 'In Progress', 18, 12, {
    assignee: priya,
    priority: 'High',
    labels: ['customer'],
    due: -3,
  }),
  row('ATLAS-20', 'Task', 'Load test the checkout', 'In Progress', 17, 6.8, {
    assignee: jurgen,
    labels: ['ops'],
    points: 3,
  }),
  row('ATLAS-21', 'Story', 'Sign in with a passkey', 'To Do', 16, 16, { parent: 'ATLAS-3', points: 13, reporter: ana }),
  row('ATLAS-22', 'Bug', 'Receipt e-mail has a broken logo', 'To Do', 15, 15, { priority: 'Low', labels: ['email'] }),
  row('ATLAS-23', 'Task', 'Upgrade to Node 22', 'Done', 14, 9, {
    assignee: jurgen,
    labels: ['ops'],
    resolution: 'Done',
  }),
  row('ATLAS-24', 'Bug', 'Cannot remove the last item of a basket', 'Done', 13, 8.5, {
    assignee: li,
    resolution: 'Cannot Reproduce',
  }),
  row('ATLAS-25', 'Task', 'Translate the checkout into Japanese', 'In Progress', 12, 3.2, {
    assignee: priya,
    parent: 'ATLAS-1',
    labels: ['i18n'],
    due: 14,
  }),
  row('ATLAS-26', 'Story', 'Compare two products side by side', 'To Do', 11, 11, { points: 8, priority: 'Low' }),
  row('ATLAS-27', 'Bug', 'Price filter drops the currency', 'In Review', 10, 1.2, {
    assignee: samTyler,
    priority: 'High',
    parent: 'ATLAS-2',
    labels: ['search'],
  }),
  row('ATLAS-28', 'Task', 'Write the runbook for refunds', 'In Progress', 9, 4.4, { assignee: zoe, labels: ['docs'] }),
  row('ATLAS-29', 'Story', 'Show delivery dates in the basket', 'To Do', 6, 6, {
    parent: 'ATLAS-1',
    points: 5,
    reporter: ana,
  }),
  row('ATLAS-30', 'Bug', 'Paid twice, refunded once', 'Done', 5, 0.8, {
    assignee: priya,
    priority: 'High',
    resolution: 'Duplicate',
    labels: ['customer'],
  }),
  row('ATLAS-31', 'Task', 'Draw the new empty basket', 'In Review', 4, 1.6, { assignee: li, labels: ['design'] }),
  row('ATLAS-32', 'Bug', '[iOS] "Pay" & "Cancel" swap places <RTL>', 'To Do', 2.1, 2.1, {
    priority: 'Highest',
    labels: ['ios', 'rtl'],
    reporter: priya,
    more: { customfield_10034: ['10221'], customfield_10030: '10201' },
  }),
  row('ATLAS-33', 'Task', 'Plan the launch', 'To Do', 1.3, 1.3, {
    assignee: ana,
    due: 21,
    reporter: ana,
    description: 'Who, when, and what we do if it fails.',
  }),
  row('ATLAS-34', 'Sub-task', 'Book a room for launch day', 'To Do', 0.4, 0.4, { parent: 'ATLAS-33', reporter: ana }),

  row('BEACON-1', 'Epic', 'Alerts that people trust', 'In Progress', 90, 45, { assignee: zoe }),
  row('BEACON-2', 'Story', 'Mute an alert for an hour', 'Done', 60, 20, {
    assignee: jurgen,
    parent: 'BEACON-1',
    points: 3,
  }),
  row('BEACON-3', 'Bug', 'Disk alert fires after the disk is full', 'In Progress', 30, 13, {
    assignee: jurgen,
    priority: 'Highest',
    parent: 'BEACON-1',
    due: -2,
    labels: ['ops'],
    more: { customfield_10030: '10200' },
  }),
  row('BEACON-4', 'Task', 'Tidy the dashboards', 'To Do', 29, 29, { priority: 'Lowest' }),
  row('BEACON-5', 'Task', 'On-call hand-over', 'In Progress', 28, 14, { assignee: zoe }),
  row('BEACON-6', 'Bug', 'Alert e-mails arrive as attachments', 'Done', 27, 11, {
    assignee: li,
    more: { customfield_10030: '10202' },
  }),
  row('BEACON-7', 'Story', 'Link an alert to its runbook', 'In Review', 26, 6.1, {
    assignee: samTaylor,
    parent: 'BEACON-1',
    points: 2,
  }),
  row('BEACON-8', 'Story', 'One page for all services', 'To Do', 25, 25, { points: 8 }),
  row('BEACON-9', 'Task', 'Measure how often we are paged', 'In Progress', 24, 10, { assignee: samTyler, due: 5 }),
  row('BEACON-10', 'Sub-task', 'Count pages by hour', 'Done', 23, 10.5, { assignee: samTyler, parent: 'BEACON-9' }),
  row('BEACON-11', 'Bug', 'Clock skew breaks the graph', 'To Do', 18, 18, {
    priority: 'High',
    more: { customfield_10030: '10201' },
  }),
  row('BEACON-12', 'Task', 'Renew the status page domain', 'Done', 16, 9, { assignee: priya }),
  row('BEACON-13', 'Story', 'Say thank you to the person on call', 'To Do', 12, 12, { priority: 'Low' }),
  row('BEACON-14', 'Bug', 'Silenced alerts come back as new', 'In Progress', 8, 5.5, {
    assignee: jurgen,
    priority: 'High',
    more: { customfield_10030: '10201' },
  }),
  row('BEACON-15', 'Task', 'Try the new pager', 'To Do', 4, 4, { assignee: zoe }),
  row('BEACON-16', 'Bug', 'Graph legend overlaps on small screens', 'To Do', 1.5, 1.5, {
    more: { customfield_10030: '10202' },
  }),

  row('COMET-1', 'Task', 'Hand the campaign site over', 'Done', 140, 88, { assignee: marta, reporter: marta }),
  row('COMET-2', 'Task', 'Archive last summer’s pages', 'Done', 130, 70, { assignee: priya, reporter: marta }),
  row('COMET-3', 'Task', 'New banner for the season', 'In Progress', 60, 22, { assignee: priya, due: -10 }),
  row('COMET-4', 'Bug', 'Newsletter form loses the umlauts', 'To Do', 55, 55, { priority: 'High' }),
  row('COMET-5', 'Bug', 'Cookie banner covers the menu', 'Done', 50, 33, { assignee: priya }),
  row('COMET-6', 'Task', 'Renew the certificate', 'Done', 45, 30, { assignee: jurgen }),
  row('COMET-7', 'Task', 'Decide what happens to the site', 'To Do', 40, 40, { assignee: marta }),
  row('COMET-8', 'Sub-task', 'Ask the owners', 'To Do', 39, 39, { parent: 'COMET-7' }),
  row('COMET-9', 'Task', 'Remove the old tracking pixel', 'Done', 30, 15, { assignee: li }),
  row('COMET-10', 'Bug', 'Images are huge', 'To Do', 12, 12, { labels: ['performance'] }),
];
