import type { Project } from './model.ts';
import { ana, priya, zoe } from './people.ts';

const allTypes = ['10100', '10101', '10102', '10103', '10104'];

/** Busy this week. */
const atlas: Project = {
  id: '10010',
  key: 'ATLAS',
  name: 'Atlas',
  description: 'The shop: basket, checkout and what comes after.',
  leadId: ana.accountId,
  typeIds: allTypes,
  components: [
    { id: '10400', name: 'Checkout' },
    { id: '10401', name: 'Search' },
    { id: '10402', name: 'Accounts' },
  ],
  versions: [
    { id: '10500', name: '2.4', released: true },
    { id: '10501', name: '2.5', released: false },
  ],
  required: {},
};

/** A bug cannot be reported here without its severity. */
const beacon: Project = {
  id: '10011',
  key: 'BEACON',
  name: 'Beacon',
  description: 'Monitoring and alerts for every service.',
  leadId: zoe.accountId,
  typeIds: allTypes,
  components: [{ id: '10403', name: 'Alerts' }],
  versions: [{ id: '10502', name: '1.0', released: false }],
  required: { Bug: ['customfield_10030'] },
};

/** Quiet: nothing has happened here for more than a week. */
const comet: Project = {
  id: '10012',
  key: 'COMET',
  name: 'Comet',
  description: 'The old campaign site, kept alive.',
  leadId: priya.accountId,
  typeIds: ['10102', '10103', '10104'],
  components: [],
  versions: [],
  required: {},
};

export const projects = [atlas, beacon, comet];
