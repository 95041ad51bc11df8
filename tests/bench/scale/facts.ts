import type { Arrivals, CallKind, Platform, Scenario } from './simulate.ts';

/** When these were looked up. Limits and prices change without notice. */
export const LOOKED_UP = '2026-12-01';

export const sources = {
  flex: 'https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan',
  scaling: 'https://learn.microsoft.com/azure/azure-functions/event-driven-scaling',
  highScale:
    'https://techcommunity.microsoft.com/t5/apps-on-azure-blog/how-to-achieve-high-http-scale-with-azure-functions-flex/ba-p/4169736',
  tables: 'https://learn.microsoft.com/azure/storage/tables/scalability-targets',
  connectors: 'https://learn.microsoft.com/connectors/custom-connectors/faq',
  jira: 'https://developer.atlassian.com/cloud/jira/platform/rate-limiting/',
  salesforce:
    'https://developer.salesforce.com/docs/platform/salesforce-app-limits-cheatsheet/guide/salesforce-app-limits-platform-api.html',
} as const;

/** What infra/main.bicepparam sets where nothing is chosen. */
export const defaults = { maximumInstances: 40, perInstanceConcurrency: 50, instanceMb: 2_048 } as const;

export const azure = {
  highestMaximumInstances: 1_000,
  /** Of all instances of a subscription in a region. */
  regionalMb: 512_000,
  accountRequestsPerSecond: 20_000,
  partitionEntitiesPerSecond: 2_000,
  /** What this project keeps to, half of that. */
  partitionWritesPerSecond: 1_000,
  ledgerPartitions: 256,
  connectionCallsPerMinute: 500,
} as const;

export const jira = {
  /** Default buckets of one endpoint of one site. */
  getPerSecond: 100,
  postPerSecond: 100,
  putPerSecond: 50,
  deletePerSecond: 50,
  issueWrites: { short: { writes: 20, seconds: 2 }, long: { writes: 100, seconds: 30 } },
  /** Of an OAuth 2.0 (3LO), Forge or Connect app in the default tier, for all sites together; an API token has none. */
  pointsPerHour: 65_000,
} as const;

export const salesforce = {
  /** A day, for an org of the Enterprise or Professional edition; Unlimited and Performance have 5,000 a licence. */
  base: 100_000,
  perLicence: { enterprise: 1_000, unlimited: 5_000 },
  developer: 15_000,
  /** Requests of 20 seconds and more under way at once. */
  longRunning: 25,
} as const;

/** As docs/deploy.md states them, in US dollars; a test compares the two. */
export const prices = {
  freeCalls: 250_000,
  perMillionCalls: 0.4,
  freeGbSeconds: 100_000,
  perThousandGbSeconds: 0.03,
  freeLogGb: 5,
  perLogGb: 2.5,
} as const;

/** What is assumed, because it is not measured here: the vendors cannot be reached, and each deployment differs. */
export const assumed = {
  /** Calls by what they do. */
  shares: { jiraRead: 0.45, jiraWrite: 0.1, salesforceRead: 0.35, salesforceWrite: 0.1 },
  /** Milliseconds: the median, and the standard deviation of the logarithm. */
  vendorMs: {
    jiraRead: { median: 350, sigma: 0.5 },
    jiraWrite: { median: 700, sigma: 0.5 },
    salesforceRead: { median: 250, sigma: 0.5 },
    salesforceWrite: { median: 500, sigma: 0.5 },
  },
  /** One minute in ten has five times the calls of another. */
  burst: { everySeconds: 600, seconds: 60, factor: 5 },
  /** From asking for an instance until it takes calls. */
  startMs: 2_000,
  /** The slowest that is documented; Microsoft tells of its own trials that were many times as fast. */
  betweenStartsMs: 1_000,
  idleMs: 60_000,
  /** A call's deadline, ACTION_TIMEOUT_MS. */
  patienceMs: 10_000,
  licences: 100,
  /** Of one search, with each an object's point. */
  issuesPerAnswer: 20,
  /** Of a call, with what the platform adds to the app's own line. */
  logKbPerCall: 3,
  /** An hour of the month. */
  hoursPerMonth: 730,
} as const satisfies { burst: Arrivals['burst']; [name: string]: unknown };

type Sort = keyof typeof assumed.shares;

/** The action that stands for each sort of call. */
export const examples: Readonly<Record<Sort, string>> = {
  jiraRead: 'getProjectUpdates',
  jiraWrite: 'addComment',
  salesforceRead: 'findAccounts',
  salesforceWrite: 'addCaseComment',
};

/** The vendors' limits by the second: each sort of call to Jira asks one endpoint, which is the worst case. */
export const limits: Scenario['limits'] = {
  jiraRead: { perSecond: jira.getPerSecond, bucket: jira.getPerSecond },
  jiraWrite: { perSecond: jira.postPerSecond, bucket: jira.postPerSecond },
};

export const platform: Platform = {
  maximumInstances: defaults.maximumInstances,
  perInstanceConcurrency: defaults.perInstanceConcurrency,
  alwaysReady: 0,
  startMs: assumed.startMs,
  betweenStartsMs: assumed.betweenStartsMs,
  idleMs: assumed.idleMs,
  patienceMs: assumed.patienceMs,
};

export const sorts: readonly Sort[] = ['jiraRead', 'jiraWrite', 'salesforceRead', 'salesforceWrite'];

/** The sorts of call, with the measured time of the processor. */
export function kindsOf(cpuMs: (action: string) => number): CallKind[] {
  return sorts.map(name => ({
    name,
    share: assumed.shares[name],
    cpuMs: cpuMs(examples[name]),
    vendorMs: assumed.vendorMs[name],
    limit: name,
  }));
}
