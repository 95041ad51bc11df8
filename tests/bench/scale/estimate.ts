import { assumed, azure, defaults, examples, jira, prices, salesforce, sorts } from './facts.ts';

/** Of the month at so many calls an hour, around the clock. */
export interface MonthlyCost {
  calls: number;
  gbSeconds: number;
  functions: number;
  logs: number;
  total: number;
}

/** List prices in US dollars. @param billedMsPerCall of an instance, as it is billed */
export function monthlyCost(callsPerHour: number, billedMsPerCall: number): MonthlyCost {
  const calls = callsPerHour * assumed.hoursPerMonth;
  const gbSeconds = (calls * (billedMsPerCall / 1_000) * defaults.instanceMb) / 1_024;
  const functions =
    (Math.max(0, calls - prices.freeCalls) / 1e6) * prices.perMillionCalls +
    (Math.max(0, gbSeconds - prices.freeGbSeconds) / 1e3) * prices.perThousandGbSeconds;
  const logs = Math.max(0, (calls * assumed.logKbPerCall) / 1e6 - prices.freeLogGb) * prices.perLogGb;
  return { calls, gbSeconds, functions, logs, total: functions + logs };
}

/** A limit, and at how many calls an hour of the assumed mix it is reached. */
export interface Reached {
  limit: string;
  callsPerHour: number;
  /** What happens then, or what to do. */
  outcome: string;
}

/** The highest rate, in bursts, against the mean. */
export function peakFactor({ everySeconds, seconds, factor } = assumed.burst): number {
  return (factor * everySeconds) / (everySeconds - seconds + seconds * factor);
}

/**
 * Where each limit is reached, the earliest first.
 *
 * @param requestsOf requests to the vendor of a call of an action
 * @param ledgerRequests to the table, of a write
 */
export function limitsReached(requestsOf: (action: string) => number, ledgerRequests: number): Reached[] {
  const { shares, issuesPerAnswer, licences } = assumed;
  const perCall = (vendor: string) =>
    sorts
      .filter(sort => sort.startsWith(vendor))
      .reduce((sum, sort) => sum + shares[sort] * requestsOf(examples[sort]), 0);
  // A write is its base cost; what it looks up before and after is one object each.
  const jiraPoints =
    shares.jiraRead * (1 + issuesPerAnswer) + shares.jiraWrite * (1 + (requestsOf(examples.jiraWrite) - 1) * 2);
  const peak = peakFactor() / 3_600;
  const writes = shares.jiraWrite + shares.salesforceWrite;
  const salesforceDay = salesforce.base + licences * salesforce.perLicence.enterprise;
  const reached: Reached[] = [
    {
      limit: `Salesforce: ${count(salesforceDay)} requests a day (Enterprise, ${licences} licences)`,
      callsPerHour: salesforceDay / 24 / perCall('salesforce'),
      outcome: '`rate_limited` until the 24 hours have rolled on; more licences, the Unlimited edition or an add-on',
    },
    {
      limit: `Jira with the users' own sign-in: ${count(jira.pointsPerHour)} points an hour`,
      callsPerHour: jira.pointsPerHour / jiraPoints,
      outcome:
        '`rate_limited` until the full hour; Atlassian grants a quota for each site after a review. An API token has no such quota',
    },
    {
      limit: `Power Platform: ${azure.connectionCallsPerMinute} calls a minute of one connection`,
      callsPerHour: azure.connectionCallsPerMinute * 60,
      outcome: '429 by Power Platform; users who each have a connection have the limit each',
    },
    {
      limit: `Jira: ${jira.getPerSecond} reads a second of one endpoint of a site`,
      callsPerHour: jira.getPerSecond / (shares.jiraRead * peak),
      outcome: '429 in bursts, and what waits for its turn is answered later; reads of other endpoints go on',
    },
    {
      limit: `Jira: ${jira.postPerSecond} POSTs a second of one endpoint of a site`,
      callsPerHour: jira.postPerSecond / (shares.jiraWrite * peak),
      outcome: '429 in bursts',
    },
    {
      limit: `the storage account: ${count(azure.accountRequestsPerSecond)} requests a second`,
      callsPerHour: azure.accountRequestsPerSecond / (writes * (ledgerRequests + 1) * peak),
      outcome: 'writes are refused, and not made; reads go on',
    },
    {
      limit: `a partition of the ledger: ${count(azure.partitionWritesPerSecond)} writes a second`,
      callsPerHour: (azure.partitionWritesPerSecond * azure.ledgerPartitions) / (writes * ledgerRequests * peak),
      outcome: 'never: the account is full before',
    },
  ];
  return reached.sort((one, other) => one.callsPerHour - other.callsPerHour);
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}
