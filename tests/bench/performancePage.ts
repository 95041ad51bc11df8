import type { Burst, Memory } from './manyCalls.ts';
import type { Compared, Spread } from './spread.ts';
import { tried } from './tried.ts';
import { VENDOR_MS } from './vendors.ts';

/** All that `npm run bench` measures. Times are in milliseconds. */
export interface Figures {
  day: string;
  machine: string;
  starts: number;
  rounds: number;
  /** Against the bare app. */
  registered: Compared;
  /** Against the tutorial app. */
  firstAnswers: { whole: Compared; withoutBare: Compared };
  /** With the warm-up against without. */
  atOnce: { jira: Compared; salesforce: Compared };
  /** The first answer against the same app's warm one. */
  afterIdle: { jira: Compared; salesforce: Compared; bare: Compared };
  rate: { handwritten: Compared; tutorial: Compared };
  p99: { handwritten: Compared; tutorial: Compared };
  /** One caller, one call after another, against the hand-written app. */
  one: Compared;
  perWarmRead: { upstream: number; vault: number; identity: number };
  answerBytes: { ours: number; asked: number; full: number };
  bursts: { warmUp: Burst; cold: Burst };
  memory: Memory;
  size: { zip: number; startUp: number };
}

interface Line {
  figure: string;
  measured: string;
  aim: string;
  met: boolean;
}

const MAX_START_UP = 130_000;
const MAX_ZIP = 2_500_000;
/** What a garbage collector leaves varies by about so much. */
const NOISE_BYTES = 2_000_000;

/** The page with the figures, in Markdown. */
export function performancePage(figures: Figures): string {
  const { day, machine, starts, rounds, atOnce, rate, p99, one, perWarmRead, answerBytes } = figures;
  const grown = growth(figures.memory);
  return `${[
    '<!-- Written by `npm run bench`. Do not edit. -->',
    '# Performance',
    `Measured on ${day} on a shared machine of ${machine}. \`npm run bench\` measures it again. A ratio is the median of the ratios of single rounds, in which both apps were measured one after the other; in brackets the least and the greatest. Times by themselves say little on such a machine.`,
    table(
      ['figure', 'measured', 'aim', ''],
      linesOf(figures).map(({ figure, measured, aim, met }) => [figure, measured, aim, met ? 'met' : '**missed**']),
    ),
    '## The times behind the ratios',
    table(
      ['', 'this app', 'the other', 'ratio'],
      [
        ['registered, against bare', ...compared(figures.registered, 'ms')],
        ['start to first Jira answer, against the tutorial', ...compared(figures.firstAnswers.whole, 'ms')],
        ['the same without what the bare app takes', ...compared(figures.firstAnswers.withoutBare, 'ms')],
        ['first Jira answer after a second, against warm', ...compared(figures.afterIdle.jira, 'ms')],
        ['first Salesforce answer after a second, against warm', ...compared(figures.afterIdle.salesforce, 'ms')],
        [
          'first Jira answer after a second, against warm, both without what the bare app takes',
          ...withoutBare(figures.afterIdle.jira, figures.afterIdle.bare),
        ],
        ['the same of Salesforce', ...withoutBare(figures.afterIdle.salesforce, figures.afterIdle.bare)],
        ['first answer of the bare app after a second, against warm', ...compared(figures.afterIdle.bare, 'ms')],
        ['a Jira call at the moment of registration, with the warm-up against without', ...compared(atOnce.jira, 'ms')],
        ['the same of Salesforce', ...compared(atOnce.salesforce, 'ms')],
        ['one warm Jira call after another, against hand-written', ...compared(one, 'ms')],
        ['Jira reads a second, against hand-written', ...compared(rate.handwritten, '')],
        ['Jira reads a second, against the tutorial', ...compared(rate.tutorial, '')],
        ['99 of 100 answered within, against hand-written', ...compared(p99.handwritten, 'ms')],
        ['99 of 100 answered within, against the tutorial', ...compared(p99.tutorial, 'ms')],
      ],
    ),
    `A warm Jira read makes ${count(perWarmRead.upstream, 'request')} to Jira, ${perWarmRead.vault} to the vault and ${perWarmRead.identity} for the identity. Its answer has ${percent(answerBytes.ours / answerBytes.full)} of the bytes that Jira sends when it is asked for all fields, and ${percent(answerBytes.ours / answerBytes.asked)} of those that it is asked for. Memory after each fifth of ${number(figures.memory.calls)} calls, of which ${figures.memory.failed} failed: ${figures.memory.held.map(bytes => `${mega(bytes)} MB`).join(', ')}; ${grown <= 0 ? 'no growth' : `${mega(grown)} MB of growth`} from the first to the last, where up to ${mega(NOISE_BYTES)} MB is noise.`,
    '## How it is measured',
    [
      `- **Host**: the [local host](../tools/host/main.ts) of this project, each start in a process of its own. It loads the app as the Node worker does, but the Functions host and its gRPC channel are not in it; and it is itself TypeScript that Node strips at each start, about a third of what a start takes here. So the whole time from the start flatters whatever takes long itself; the second line leaves out what a bare app takes under the same host.`,
      `- **Upstreams**: the sandboxes' answers, recorded, over TLS on loopback and ${VENDOR_MS} ms late; a vault and an identity endpoint that are not. Real ones are farther away, which the warm-up and the connections that are opened ahead gain by, and everything else loses by.`,
      '- **Bare** is a function app of one function that says hello, bundled. **Hand-written** is the same fetch and mapping as `getProjectUpdates`, and nothing else: no check of callers, validation, limits, retries, log or error answers. **Tutorial** is not bundled, and makes its credential, vault client and Jira client for each call. They are in [tests/bench/apps](../tests/bench/apps).',
      `- **Cold** figures are of ${starts} starts of each app, in turn. A call at registration is sent as soon as the app serves. After an idle second: the app is started, left alone for a second and called; warm is the median of its later calls, one after another.`,
      `- **Warm** figures are of ${rounds} rounds of two seconds, with 50 callers that call again as soon as they have their answer. Callers, vendors and app share the processor: 99 of 100 is the time of a machine that is full.`,
      '- **The burst** is 1,000 calls, half to Jira and half to Salesforce, sent at once to an app that has just registered; once with the warm-up and once without.',
    ].join('\n'),
    '## What was tried, and what it gave',
    tried.map(({ what, gave }) => `- **${what}** ${gave}`).join('\n'),
  ].join('\n\n')}\n`;
}

function linesOf(figures: Figures): Line[] {
  const { registered, firstAnswers, afterIdle, rate, atOnce, p99, bursts, size, memory } = figures;
  const most = (figure: string, { ratio }: Compared, aim: number): Line => ({
    figure,
    measured: times(ratio),
    aim: `≤ ${aim.toFixed(2)}×`,
    met: ratio.median <= aim,
  });
  const isOnce = ({ failed, identityRequests, readsPerSecret, signIns }: Burst) =>
    failed === 0 && identityRequests === 1 && readsPerSecret === 1 && signIns === 1;
  const grown = growth(memory);
  return [
    most('registered, against bare', registered, 1),
    most(
      'start to first Jira answer, against the tutorial app, call sent as soon as it is registered',
      firstAnswers.whole,
      0.3,
    ),
    most('the same without what a bare app takes', firstAnswers.withoutBare, 0.3),
    most('a Jira call at the moment of registration, with the warm-up against without', atOnce.jira, 1),
    most('a Salesforce call at the moment of registration, with the warm-up against without', atOnce.salesforce, 1),
    most('first Jira answer after one idle second, against the same app’s warm answer', afterIdle.jira, 2),
    most('first Salesforce answer after one idle second, against the same app’s warm answer', afterIdle.salesforce, 2),
    {
      figure: 'warm against hand-written, answers a second',
      measured: times(rate.handwritten.ratio),
      aim: '≥ 0.92×',
      met: rate.handwritten.ratio.median >= 0.92,
    },
    {
      figure: 'answers a second against the tutorial app',
      measured: times(rate.tutorial.ratio),
      aim: 'more',
      met: rate.tutorial.ratio.median > 1,
    },
    {
      figure: '99 of 100 under 50 callers, against the tutorial app',
      measured: times(p99.tutorial.ratio),
      aim: 'less',
      met: p99.tutorial.ratio.median < 1,
    },
    ...Object.entries(bursts).map(
      ([name, one]): Line => ({
        figure: `burst of ${number(one.calls)} cold calls${name === 'cold' ? ', without the warm-up' : ''}`,
        measured: `${one.failed} failed, ${one.identityRequests} identity request, ${one.readsPerSecret} read per secret, ${one.signIns} sign-in`,
        aim: 'none failed, one of each',
        met: isOnce(one),
      }),
    ),
    {
      figure: 'start-up chunk',
      measured: `${(size.startUp / 1_000).toFixed(1)} kB`,
      aim: `≤ ${MAX_START_UP / 1_000} kB`,
      met: size.startUp <= MAX_START_UP,
    },
    {
      figure: 'zip',
      measured: `${(size.zip / 1_000_000).toFixed(2)} MB`,
      aim: `≤ ${MAX_ZIP / 1_000_000} MB`,
      met: size.zip <= MAX_ZIP,
    },
    {
      figure: `memory after ${number(memory.calls)} calls`,
      measured: `${grown > 0 ? '+' : ''}${mega(grown)} MB since a fifth of them`,
      aim: 'no growth beyond noise',
      met: grown <= NOISE_BYTES,
    },
  ];
}

/** Bytes since the first part of the calls, which are there to warm the process. */
function growth({ held }: Memory): number {
  return (held.at(-1) ?? Number.NaN) - (held[0] ?? Number.NaN);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function compared({ ours, theirs, ratio }: Compared, unit: string): string[] {
  return [inUnit(ours, unit), inUnit(theirs, unit), times(ratio)];
}

/** Of medians alone: they were not measured in the same rounds. */
function withoutBare({ ours, theirs }: Compared, bare: Compared): string[] {
  const [first, warm] = [ours.median - bare.ours.median, theirs.median - bare.theirs.median];
  return [`${first.toFixed(1)} ms`, `${warm.toFixed(1)} ms`, `${(first / warm).toFixed(2)}×`];
}

function inUnit({ median, low, high }: Spread, unit: string): string {
  const digits = median < 100 ? 1 : 0;
  return `${median.toFixed(digits)}${unit && ` ${unit}`} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

function times({ median, low, high }: Spread): string {
  return `${median.toFixed(2)}× (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function mega(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function number(value: number): string {
  return value.toLocaleString('en-GB');
}

function count(times: number, thing: string): string {
  return `${times} ${thing}${times === 1 ? '' : 's'}`;
}
