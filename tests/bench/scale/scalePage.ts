import { count, limitsReached, type MonthlyCost, monthlyCost, peakFactor } from './estimate.ts';
import { assumed, azure, defaults, examples, jira, LOOKED_UP, salesforce, sorts, sources } from './facts.ts';
import type { CallFigures } from './measureCalls.ts';
import type { LedgerFigures, SameWrites } from './measureLedger.ts';
import type { Simulated } from './simulate.ts';

/** What was simulated for so many calls an hour. */
export interface Load {
  callsPerHour: number;
  /** How much of an hour was simulated. */
  seconds: number;
  result: Simulated;
}

export interface ScaleFigures {
  day: string;
  seed: number;
  machine: string;
  calls: readonly CallFigures[];
  ledger: readonly LedgerFigures[];
  same: SameWrites;
  /** With the vendors' limits by the second. */
  loads: readonly Load[];
  /** Vendors without limits and all instances there, to find where these end. */
  own: readonly Load[];
  /** Vendors without limits and no instance there, by how many instances a minute the platform gives. */
  fromNothing: readonly (Load & { instancesPerMinute: number })[];
}

/** Requests to the table for a write that adds: it is inserted, replaced by what it answered, and deleted later. */
const LEDGER_REQUESTS = 3;
/** More of the calls than this wait in vain, or the slowest twentieth takes longer: then it does not keep up. */
const REFUSED_SHARE = 0.001;
const P95_MS = 5_000;

/** The page with the figures, in Markdown. */
export function scalePage(figures: ScaleFigures): string {
  return `${[
    '<!-- Written by `npm run scale`. Do not edit. -->',
    '# Scale',
    `How far it goes, what that costs, and what ends first. **Nothing here was measured on Azure.** Written on ${figures.day} by \`npm run scale -- --seed ${figures.seed}\` from three sorts of figures:`,
    [
      `- **measured** that day on a machine with ${figures.machine}: what a call costs the processor, and the ledger against Azurite,`,
      `- **stated** by Microsoft, Atlassian and Salesforce, looked up on ${LOOKED_UP}, each with its source,`,
      '- **assumed**, where it differs from one deployment to the next: see [Assumptions](#assumptions).',
    ].join('\n'),
    ...summary(figures),
    ...platformSection(),
    ...vendorSection(figures),
    ...ledgerSection(figures),
    ...callSection(figures),
    ...ownSection(figures),
    ...assumptionSection(),
  ].join('\n\n')}\n`;
}

const requestsOf =
  ({ calls }: ScaleFigures) =>
  (name: string): number =>
    calls.find(({ action }) => action === name)?.requests ?? 1;

function summary(figures: ScaleFigures): string[] {
  const reached = limitsReached(requestsOf(figures), LEDGER_REQUESTS);
  const rows = figures.loads.map(({ callsPerHour, result }) => {
    const limited = Object.values(result.limited).reduce((sum, each) => sum + each, 0);
    return [
      count(callsPerHour),
      `${decimal(callsPerHour / 3_600)}, ${decimal((callsPerHour / 3_600) * peakFactor())} in bursts`,
      `${result.instances}`,
      `${seconds(result.p50)} and ${seconds(result.p95)}`,
      `${share(result.waited, result.calls)}, ${share(result.refused, result.calls)} in vain`,
      share(limited, result.calls),
      dollars(costOf(callsPerHour, result)),
    ];
  });
  return [
    '## What so many calls need, and cost',
    table(
      [
        'calls an hour',
        'a second',
        'instances at most',
        'median and p95',
        'calls that wait for a place',
        "429 by Jira's limits a second",
        'a month',
      ],
      rows,
    ),
    `By [simulation](../tests/bench/scale/simulate.ts): calls come by a Poisson process with bursts, wait for a place on an instance, share its one processor, and wait for the vendor. The month has these calls in all of its ${assumed.hoursPerMonth} hours, at the [list prices](deploy.md#costs) of Functions and Log Analytics after their free grants; what is per month whatever comes (alerts, private network) is not in it, nor the cents of the storage. A tenth of the hours is a tenth of the price. What the app sends again after a 429 is not simulated.`,
    '## Where it breaks first',
    table(
      [
        'limit',
        'reached at, calls an hour',
        ...figures.loads.map(({ callsPerHour }) => `of it at ${count(callsPerHour)}`),
        'then',
      ],
      reached.map(({ limit, callsPerHour, outcome }) => [
        limit,
        count(callsPerHour),
        ...figures.loads.map(load => used(load.callsPerHour / callsPerHour)),
        outcome,
      ]),
    ),
    ...figures.loads.map(load => firstOf(load, reached)),
  ];
}

/** What ends first at a load, in a sentence. */
function firstOf({ callsPerHour }: Load, reached: ReturnType<typeof limitsReached>): string {
  const over = reached.filter(limit => limit.callsPerHour <= callsPerHour);
  const [first, second] = reached;
  if (!first || !second) return '';
  const named = `**${count(callsPerHour)} calls an hour**`;
  if (over.length === 0)
    return `${named}: nothing breaks. The nearest limit is ${first.limit}, at ${count(first.callsPerHour)}.`;
  return `${named}: over ${over.map(({ limit }) => limit).join('; ')}.`;
}

function platformSection(): string[] {
  const { maximumInstances, perInstanceConcurrency, instanceMb } = defaults;
  return [
    '## Instances',
    table(
      ['', '', 'source'],
      [
        [
          'calls at once by default',
          `${maximumInstances} instances × ${perInstanceConcurrency} = ${count(maximumInstances * perInstanceConcurrency)}`,
          '`MAXIMUM_INSTANCES`, `PER_INSTANCE_CONCURRENCY` in [deploy.md](deploy.md#options)',
        ],
        [
          'what scales together',
          'all functions with an HTTP trigger, on the same instances',
          link('Flex Consumption', sources.flex),
        ],
        [
          'when an instance is added',
          'when those there have their number of calls each',
          link('Flex Consumption', sources.flex),
        ],
        [
          'how fast',
          'one a second at most is documented for HTTP in general, and simulated here; Microsoft tells of 32,000 requests a second after 7 seconds and of 1,000 instances in less than a minute',
          `${link('scaling', sources.scaling)}, ${link('trial', sources.highScale)}`,
        ],
        [
          'most',
          `${count(azure.highestMaximumInstances)} of an app, and ${count(azure.regionalMb)} MB of a subscription in a region, which is ${azure.regionalMb / instanceMb} of ${count(instanceMb)} MB`,
          link('Flex Consumption', sources.flex),
        ],
        [
          'billed',
          'while an instance has a call, for 1,000 ms at least, by 100 ms',
          link('Flex Consumption', sources.flex),
        ],
        [
          'callers',
          `${azure.connectionCallsPerMinute} calls a minute of each connection of a custom connector`,
          link('Power Platform', sources.connectors),
        ],
      ],
    ),
  ];
}

function vendorSection(figures: ScaleFigures): string[] {
  const { short, long } = jira.issueWrites;
  const licences = assumed.licences;
  return [
    "## The vendors' quotas",
    table(
      ['', '', 'source'],
      [
        [
          'Jira, points',
          `${count(jira.pointsPerHour)} an hour for an OAuth, Forge or Connect app, of all sites together: a request is one and each object that is read one more, two for users and groups. It counts with \`JIRA_AUTH=caller\`; an API token has no points`,
          link('Atlassian', sources.jira),
        ],
        [
          'Jira, a second',
          `${jira.getPerSecond} GET, ${jira.postPerSecond} POST, ${jira.putPerSecond} PUT, ${jira.deletePerSecond} DELETE of one endpoint of a site, by default; some endpoints have their own`,
          link('Atlassian', sources.jira),
        ],
        [
          'Jira, one issue',
          `${short.writes} writes in ${short.seconds} seconds and ${long.writes} in ${long.seconds}`,
          link('Atlassian', sources.jira),
        ],
        [
          'Salesforce, 24 hours',
          `${count(salesforce.base)} and ${count(salesforce.perLicence.enterprise)} for each Salesforce licence (Professional, Enterprise) or ${count(salesforce.perLicence.unlimited)} (Unlimited, Performance), and what is bought; ${count(salesforce.developer)} in a Developer org`,
          link('Salesforce', sources.salesforce),
        ],
        [
          'Salesforce, at once',
          `${salesforce.longRunning} requests of 20 seconds and more; shorter ones are not counted. The app waits \`ACTION_TIMEOUT_MS\`, 10 seconds unless set`,
          link('Salesforce', sources.salesforce),
        ],
      ],
    ),
    table(
      ['Salesforce licences', 'Enterprise, requests a day', 'calls an hour for them', 'Unlimited', 'calls an hour'],
      [licences / 10, licences, licences * 10].map(count_ => {
        const perCall =
          assumed.shares.salesforceRead * requestsOf(figures)(examples.salesforceRead) +
          assumed.shares.salesforceWrite * requestsOf(figures)(examples.salesforceWrite);
        const [enterprise, unlimited] = [salesforce.perLicence.enterprise, salesforce.perLicence.unlimited].map(
          each => salesforce.base + count_ * each,
        );
        return [
          count(count_),
          count(enterprise ?? 0),
          count((enterprise ?? 0) / 24 / perCall),
          count(unlimited ?? 0),
          count((unlimited ?? 0) / 24 / perCall),
        ];
      }),
    ),
    "Calls of both vendors in the assumed mix, if nothing else in the org uses the quota. The app takes a vendor's word for when to come back, waits for it where the call's time allows, and else answers `rate_limited` with `retryAfter`.",
  ];
}

function ledgerSection({ ledger, same }: ScaleFigures): string[] {
  const rows = ledger.map(
    ({ processes, callersEach, writes, writesPerSecond, failed, p50, p95, fullestShare, partitions }) => [
      `${processes} × ${callersEach}`,
      count(writes),
      count(writesPerSecond),
      `${decimal(p50)} and ${decimal(p95)} ms`,
      `${partitions}, the fullest ${(fullestShare * 100).toFixed(2)} %`,
      `${failed}`,
    ],
  );
  const [few, many] = [ledger[0], ledger.at(-1)];
  const fullest = Math.max(...ledger.map(({ fullestShare }) => fullestShare));
  const atMost = azure.accountRequestsPerSecond * fullest;
  return [
    '## The ledger',
    `**Measured**: processes that write to one ledger as the app does (an insert before each write, a replacement after it), each with ${few?.callersEach} calls at once, for ${few?.seconds} seconds.`,
    table(['processes × calls', 'writes', 'a second', 'median and p95, both requests', 'partitions', 'failed'], rows),
    `This is Azurite's throughput, not Azure's and not the ledger's: Azurite is one process of Node that keeps its tables in memory and serves TLS, on the same machine as those that write. ${few && many && many.writesPerSecond < few.writesPerSecond * 1.5 ? 'More processes bring no more, so that it is what limits them.' : ''} What it does show is that the processes do not get into each other's way, and how keys are spread.`,
    `${same.processes} processes that were all asked for the same ${count(same.writes)} writes, ${count(same.calls)} calls, carried out ${count(same.made)} and answered ${count(same.repeated)} with what another one had done; ${same.failed} failed.`,
    '**Partitions.** Azure takes 2,000 entities a second in a partition and 20,000 requests a second in an account ([Table Storage](https://learn.microsoft.com/azure/storage/tables/scalability-targets)). No partition of the ledger gets more than 1,000 writes a second:',
    [
      `- **The ledger** has ${azure.ledgerPartitions}, by the first two digits of a SHA-256 of caller, action and input. One caller, one action and one issue are spread as evenly as all. When the account takes all it can, ${count(azure.accountRequestsPerSecond)} a second, a partition has ${count(azure.accountRequestsPerSecond / azure.ledgerPartitions)} on average; with the spread of the shortest of these runs, the fullest would get ${count(atMost)}.`,
      `- **The same write over and over** is one row. Each instance inserts it once and then reads it, and of equal calls of an instance one at a time writes: ${count(defaults.maximumInstances)} inserts by default however many calls there are. A write that is made each time it is asked for (it sets something) is taken by one of them at a time, so that there are at most as many attempts in the time of one write as there are instances. Reads of such a row are not limited so.`,
      '- **The sign-in ahead of the first call** is one row for each system, which an instance reads once as it starts, and writes where nobody did for five seconds.',
      '- **The audit** has one partition for each user, where `listMyChanges` reads, and 32 for each function key and application. A user is held to less by nothing but Power Platform and the vendors; an event that the table does not take is in the log.',
    ].join('\n'),
    '[A test](../tests/shared/ledger/partitions.test.ts) fills a second of the account and looks for the fullest partition; [another](../tests/shared/ledger/ledger.test.ts) has 40 instances asked 50 times at once for the same write.',
  ];
}

function callSection({ calls, loads }: ScaleFigures): string[] {
  return [
    '## What a call costs',
    table(
      ['action', 'processor', 'requests to the vendor', 'log line'],
      calls.map(({ action, cpuMs, requests, logBytes }) => [
        `\`${action}\``,
        `${cpuMs.toFixed(1)} ms`,
        decimal(requests),
        `${count(logBytes)} bytes`,
      ]),
    ),
    'Measured warm, eight at a time, in the built app under the local host, which is in the time; against the sandboxes, with ledger and audit in Azurite. On Azure the host is a process of its own that shares the processor.',
    table(
      ['calls an hour', 'calls a month', 'GB-s', 'Functions', 'Log Analytics', 'a million calls'],
      loads.map(({ callsPerHour, result }) => {
        const cost = costOf(callsPerHour, result);
        return [
          count(callsPerHour),
          count(cost.calls),
          count(cost.gbSeconds),
          dollars({ total: cost.functions }),
          dollars({ total: cost.logs }),
          dollars({ total: (cost.total / cost.calls) * 1e6 }),
        ];
      }),
    ),
    'Few calls are dear each, as each is a second of an instance; many share it.',
  ];
}

function ownSection({ own, fromNothing }: ScaleFigures): string[] {
  const rows = own.map(({ callsPerHour, result }) => [
    count(callsPerHour),
    count(callsPerHour / 3_600),
    count(result.concurrent),
    `${seconds(result.p50)} and ${seconds(result.p95)}`,
    share(result.refused, result.calls),
    keepsUp(result) ? 'yes' : 'no',
  ]);
  const last = own.findLast(({ result }) => keepsUp(result));
  return [
    '## If vendors had no limits',
    `The same simulation without them and without bursts, for ${own[0]?.seconds} seconds, with all of the default ${defaults.maximumInstances} instances there:`,
    table(['calls an hour', 'a second', 'calls at once', 'median and p95', 'in vain', 'keeps up'], rows),
    `It keeps up while no more than one call in a thousand waits in vain and p95 is below ${seconds(P95_MS)}${last ? `: up to ${count(last.callsPerHour)} calls an hour of those tried` : ''}. Then the processors or the places are full. Every vendor's limit comes before.`,
    'From no instance at all, the first two minutes:',
    table(
      [
        'calls an hour',
        'instances that the platform adds a minute',
        'instances',
        'calls that wait for a place',
        'median, p95 and p99',
      ],
      fromNothing.map(({ callsPerHour, instancesPerMinute, result }) => [
        count(callsPerHour),
        count(instancesPerMinute),
        `${result.instances}`,
        `${share(result.waited, result.calls)}, ${share(result.refused, result.calls)} in vain`,
        `${seconds(result.p50)}, ${seconds(result.p95)} and ${seconds(result.p99)}`,
      ]),
    ),
    'Sixty a minute is what is documented, a thousand what Microsoft tells of. `ALWAYS_READY_INSTANCES` spares the wait.',
  ];
}

function assumptionSection(): string[] {
  const percent = (part: number) => `${Math.round(part * 100)} %`;
  const { everySeconds, seconds: long, factor } = assumed.burst;
  return [
    '## Assumptions',
    table(
      ['', ''],
      [
        ...sorts.map(sort => [
          `\`${examples[sort]}\` and the like`,
          `${percent(assumed.shares[sort])} of all calls; the vendor takes ${assumed.vendorMs[sort].median} ms, log-normal with a standard deviation of ${assumed.vendorMs[sort].sigma}`,
        ]),
        [
          'endpoints',
          'all reads of Jira ask one endpoint and all writes another, the worst case of its limits a second',
        ],
        ['bursts', `${long} seconds of every ${everySeconds} have ${factor} times the calls of the others`],
        [
          'a new instance',
          `takes calls ${seconds(assumed.startMs)} after it was asked for, one is asked for in ${seconds(assumed.betweenStartsMs)}, and it goes when it was not needed for ${seconds(assumed.idleMs)}; calls that wait count as calls, so that a burst may ask for more than it needs`,
        ],
        [
          'a call',
          `is given up after ${seconds(assumed.patienceMs)} without a place; ${assumed.logKbPerCall} kB of log with what the platform adds`,
        ],
        ['Jira', `${assumed.issuesPerAnswer} issues in an answer`],
        ['Salesforce', `Enterprise with ${assumed.licences} licences`],
      ],
    ),
    'They are in [facts.ts](../tests/bench/scale/facts.ts): put yours there and run it again.',
  ];
}

function keepsUp({ refused, calls, p95 }: Simulated): boolean {
  return refused <= calls * REFUSED_SHARE && p95 < P95_MS;
}

function costOf(callsPerHour: number, { billedMs, calls }: Simulated): MonthlyCost {
  return monthlyCost(callsPerHour, billedMs / calls);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function link(title: string, address: string): string {
  return `[${title}](${address})`;
}

function seconds(milliseconds: number): string {
  return milliseconds < 10_000
    ? `${Number((milliseconds / 1_000).toFixed(2))} s`
    : `${Math.round(milliseconds / 1_000)} s`;
}

function decimal(number: number): string {
  return number < 10 ? String(Number(number.toFixed(number < 1 ? 2 : 1))) : count(number);
}

function share(part: number, whole: number): string {
  if (part === 0) return 'none';
  const percent = (part / whole) * 100;
  return percent < 0.01 ? '< 0.01 %' : `${Number(percent.toPrecision(2))} %`;
}

/** How much of a limit is used. */
function used(part: number): string {
  if (part >= 1) return `**${decimal(part)} ×**`;
  return part < 0.001 ? '< 0.1 %' : `${Number((part * 100).toPrecision(2))} %`;
}

function dollars({ total }: Pick<MonthlyCost, 'total'>): string {
  return total === 0 ? 'nothing' : `${total < 10 ? total.toFixed(2) : count(total)} USD`;
}
