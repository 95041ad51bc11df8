import { type Random, randomFrom } from '../../reliability/random.ts';
import { createEvents } from './events.ts';

/** How calls come: by a Poisson process, whose rate is raised for a while every so often. */
export interface Arrivals {
  callsPerHour: number;
  /** In `seconds` of every `everySeconds` the rate is `factor` times that of the rest. The mean stays. */
  burst?: { everySeconds: number; seconds: number; factor: number };
}

/** How Azure Functions gives instances. */
export interface Platform {
  maximumInstances: number;
  perInstanceConcurrency: number;
  alwaysReady: number;
  /** From asking for an instance until it takes calls. */
  startMs: number;
  /** The least time between two instances that are asked for. */
  betweenStartsMs: number;
  /** An instance goes that nothing called for so long, or that was not needed for the most calls at once in that time. */
  idleMs: number;
  /** A call that finds no place for so long is refused. */
  patienceMs: number;
}

/** A sort of call: what share of all calls it is, and what one costs. */
export interface CallKind {
  name: string;
  share: number;
  /** Time of the instance's one processor. */
  cpuMs: number;
  /** How long the vendor takes: its median, and the standard deviation of its logarithm. */
  vendorMs: { median: number; sigma: number };
  /** The limit that its one request counts against. */
  limit: string;
}

/** A vendor's limit as a token bucket; what finds it empty is answered with 429 at once. */
interface Limit {
  perSecond: number;
  /** How many requests may come at once. */
  bucket: number;
}

export interface Scenario {
  /** When calls come, in milliseconds, the earliest first. */
  arrivals: Iterable<number>;
  platform: Platform;
  kinds: readonly CallKind[];
  limits: Readonly<Record<string, Limit>>;
  seed: number;
}

export interface Simulated {
  calls: number;
  /** Milliseconds from a call's arrival to its answer, of those that were answered by the vendor. */
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  /** The most that were there at once, those that start included. */
  instances: number;
  /** The most calls under way at once. */
  concurrent: number;
  /** Milliseconds in which an instance had a call, as they are billed, of all instances. */
  billedMs: number;
  /** Calls that waited for a place on an instance. */
  waited: number;
  /** Calls that found no place in time. */
  refused: number;
  /** By limit, requests that the vendor answered with 429. */
  limited: Record<string, number>;
  /** By limit, all requests. */
  requests: Record<string, number>;
}

interface Instance {
  calls: number;
  cpuFreeAt: number;
  /** Since when it has calls; undefined where it has none. */
  busySince: number | undefined;
  idleSince: number;
}
interface SimulatedCall {
  arrivedAt: number;
  kind: CallKind;
}
type Event =
  | { what: 'arrival' }
  | { what: 'mayStart' }
  | { what: 'ready' }
  | { what: 'request'; call: SimulatedCall; instance: Instance }
  | { what: 'answer'; call: SimulatedCall; instance: Instance; isLimited: boolean };

/** What a refusal by the vendor takes. */
const LIMITED_MS = 50;
/** https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#billing */
const LEAST_BILLED_MS = 1_000;
const BILLED_STEP_MS = 100;

/**
 * A discrete-event simulation of calls that come in, wait for a place on an instance, use its processor one after another, and
 * wait for a vendor. A call that finds all places taken has the platform start an instance. The same seed gives the same result.
 */
export function simulate({ arrivals, platform, kinds, limits, seed }: Scenario): Simulated {
  const random = randomFrom(seed);
  const events = createEvents<Event>();
  const times = arrivals[Symbol.iterator]();
  const waiting: SimulatedCall[] = [];
  let firstWaiting = 0;
  let instances = Array.from({ length: platform.alwaysReady }, () => newInstance(0));
  let starting = 0;
  let mayStartAt = 0;
  let waitsToStart = false;
  let underWay = 0;
  const latencies: number[] = [];
  const buckets = new Map(Object.entries(limits).map(([name, { bucket }]) => [name, { tokens: bucket, at: 0 }]));
  const zeros = () => Object.fromEntries(Object.keys(limits).map(name => [name, 0]));
  const result: Simulated = {
    calls: 0,
    mean: 0,
    p50: 0,
    p95: 0,
    p99: 0,
    instances: instances.length,
    concurrent: 0,
    billedMs: 0,
    waited: 0,
    refused: 0,
    limited: zeros(),
    requests: zeros(),
  };

  const awaitArrival = () => {
    const { value, done } = times.next();
    if (!done) events.add(value, { what: 'arrival' });
  };

  const begin = (call: SimulatedCall, instance: Instance, now: number) => {
    instance.busySince ??= now;
    instance.calls += 1;
    underWay += 1;
    result.concurrent = Math.max(result.concurrent, underWay);
    instance.cpuFreeAt = Math.max(now, instance.cpuFreeAt) + call.kind.cpuMs;
    events.add(instance.cpuFreeAt, { what: 'request', call, instance });
  };

  let watchedFrom = 0;
  let mostWatched = 0;
  /** Takes out what is not needed; what it has under way goes on. */
  const scaleIn = (now: number) => {
    const { alwaysReady, idleMs, perInstanceConcurrency } = platform;
    if (now - watchedFrom >= idleMs) {
      instances.sort((one, other) => other.calls - one.calls);
      instances.splice(Math.max(alwaysReady, Math.ceil(mostWatched / perInstanceConcurrency)));
      watchedFrom = now;
      mostWatched = 0;
    }
    const isKept = ({ calls, idleSince }: Instance, place: number) =>
      place < alwaysReady || calls > 0 || now - idleSince < idleMs;
    if (!instances.every(isKept)) instances = instances.filter(isKept);
  };

  /** The instance with the fewest calls, where it has a place. */
  const freest = (): Instance | undefined => {
    let best: Instance | undefined;
    for (const instance of instances) if (!best || instance.calls < best.calls) best = instance;
    return best && best.calls < platform.perInstanceConcurrency ? best : undefined;
  };

  /** Asks for an instance where those who wait need more than start already, one after another. */
  const scaleOut = (now: number) => {
    const needed = Math.ceil((waiting.length - firstWaiting) / platform.perInstanceConcurrency);
    if (needed <= starting || instances.length + starting >= platform.maximumInstances) return;
    if (now >= mayStartAt) {
      starting += 1;
      result.instances = Math.max(result.instances, instances.length + starting);
      mayStartAt = now + platform.betweenStartsMs;
      events.add(now + platform.startMs, { what: 'ready' });
    }
    if (waitsToStart) return;
    waitsToStart = true;
    events.add(mayStartAt, { what: 'mayStart' });
  };

  const serveWaiting = (now: number) => {
    for (; firstWaiting < waiting.length; firstWaiting += 1) {
      const call = waiting[firstWaiting];
      if (!call) break;
      if (now - call.arrivedAt > platform.patienceMs) {
        result.refused += 1;
        continue;
      }
      const instance = freest();
      if (!instance) break;
      begin(call, instance, now);
    }
  };

  /** Whether the vendor lets a request through. */
  const mayPass = (name: string, now: number): boolean => {
    const limit = limits[name];
    const bucket = buckets.get(name);
    if (!limit || !bucket) return true;
    bucket.tokens = Math.min(limit.bucket, bucket.tokens + ((now - bucket.at) / 1_000) * limit.perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };

  const happen = (event: Event, now: number) => {
    switch (event.what) {
      case 'arrival': {
        const call = { arrivedAt: now, kind: pickKind(kinds, random) };
        result.calls += 1;
        scaleIn(now);
        mostWatched = Math.max(mostWatched, underWay + waiting.length - firstWaiting + 1);
        const instance = firstWaiting === waiting.length ? freest() : undefined;
        if (instance) begin(call, instance, now);
        else {
          result.waited += 1;
          waiting.push(call);
          scaleOut(now);
        }
        awaitArrival();
        return;
      }
      case 'mayStart':
        waitsToStart = false;
        scaleOut(now);
        return;
      case 'ready':
        starting -= 1;
        instances.push(newInstance(now));
        serveWaiting(now);
        return;
      case 'request': {
        const { call, instance } = event;
        const { limit, vendorMs } = call.kind;
        const isLimited = !mayPass(limit, now);
        result.requests[limit] = (result.requests[limit] ?? 0) + 1;
        if (isLimited) result.limited[limit] = (result.limited[limit] ?? 0) + 1;
        const answerMs = isLimited ? LIMITED_MS : vendorMs.median * Math.exp(vendorMs.sigma * normal(random));
        events.add(now + answerMs, { what: 'answer', call, instance, isLimited });
        return;
      }
      case 'answer': {
        const { call, instance, isLimited } = event;
        if (!isLimited) latencies.push(now - call.arrivedAt);
        instance.calls -= 1;
        instance.idleSince = now;
        underWay -= 1;
        serveWaiting(now);
        if (instance.calls > 0 || instance.busySince === undefined) return;
        result.billedMs += billed(now - instance.busySince);
        instance.busySince = undefined;
      }
    }
  };

  awaitArrival();
  for (let next = events.next(); next; next = events.next()) happen(next.event, next.at);

  latencies.sort((one, other) => one - other);
  const percentile = (part: number) => Math.round(latencies[Math.ceil(part * latencies.length) - 1] ?? 0);
  const mean = latencies.reduce((sum, each) => sum + each, 0) / Math.max(1, latencies.length);
  return { ...result, mean, p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}

function newInstance(now: number): Instance {
  return { calls: 0, cpuFreeAt: now, busySince: undefined, idleSince: now };
}

/** An instance is billed for the time in which it has a call: at least a second, and in steps. */
function billed(busyMs: number): number {
  return Math.ceil(Math.max(LEAST_BILLED_MS, busyMs) / BILLED_STEP_MS) * BILLED_STEP_MS;
}

/** Calls a millisecond at a moment. */
function rateAt(now: number, { callsPerHour, burst }: Arrivals): number {
  const mean = callsPerHour / 3_600_000;
  if (!burst) return mean;
  const { everySeconds, seconds, factor } = burst;
  const calm = (mean * everySeconds) / (everySeconds - seconds + seconds * factor);
  return (now / 1_000) % everySeconds < seconds ? calm * factor : calm;
}

/**
 * The milliseconds at which calls come within so many seconds: a Poisson process of a rate that changes, by thinning.
 * https://en.wikipedia.org/wiki/Poisson_point_process#Thinning
 */
export function* poisson(arrivals: Arrivals, seconds: number, seed: number): Generator<number> {
  const random = randomFrom(seed);
  // A burst comes first.
  const highest = rateAt(0, arrivals);
  for (let at = 0; ; ) {
    at -= Math.log(1 - random.next()) / highest;
    if (at >= seconds * 1_000) return;
    if (random.next() * highest <= rateAt(at, arrivals)) yield at;
  }
}

function pickKind(kinds: readonly CallKind[], random: Random): CallKind {
  let left = random.next() * kinds.reduce((sum, { share }) => sum + share, 0);
  const [first] = kinds;
  if (!first) throw new Error('There is no kind of call.');
  for (const kind of kinds) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return first;
}

/** The Box–Muller transform. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
