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
  /** How long an instance is kept that nothing calls. */
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
export interface Limit {
  perSecond: number;
  /** How many requests may come at once. */
  bucket: number;
}

export interface Scenario {
  arrivals: Arrivals;
  platform: Platform;
  kinds: readonly CallKind[];
  limits: Readonly<Record<string, Limit>>;
  seconds: number;
  seed: number;
}

export interface Simulated {
  calls: number;
  /** Milliseconds from a call's arrival to its answer, of those that were answered by the vendor. */
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
  busySince: number;
  idleSince: number;
}
interface SimulatedCall {
  arrivedAt: number;
  kind: CallKind;
}
type Event =
  | { what: 'arrival' }
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
export function simulate({ arrivals, platform, kinds, limits, seconds, seed }: Scenario): Simulated {
  const random = randomFrom(seed);
  const events = createEvents<Event>();
  const endMs = seconds * 1_000;
  const waiting: SimulatedCall[] = [];
  let firstWaiting = 0;
  let instances = Array.from({ length: platform.alwaysReady }, () => newInstance(0));
  let starting = 0;
  let mayStartAt = 0;
  let underWay = 0;
  const latencies: number[] = [];
  const buckets = new Map(Object.entries(limits).map(([name, { bucket }]) => [name, { tokens: bucket, at: 0 }]));
  const zeros = () => Object.fromEntries(Object.keys(limits).map(name => [name, 0]));
  const result: Simulated = {
    calls: 0,
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

  const begin = (call: SimulatedCall, instance: Instance, now: number) => {
    if (instance.calls === 0) instance.busySince = now;
    instance.calls += 1;
    underWay += 1;
    result.concurrent = Math.max(result.concurrent, underWay);
    instance.cpuFreeAt = Math.max(now, instance.cpuFreeAt) + call.kind.cpuMs;
    events.add(instance.cpuFreeAt, { what: 'request', call, instance });
  };

  /** Those that nothing called for a while are gone by now. */
  const dropIdle = (now: number) => {
    const isKept = ({ calls, idleSince }: Instance, place: number) =>
      place < platform.alwaysReady || calls > 0 || now - idleSince < platform.idleMs;
    if (!instances.every(isKept)) instances = instances.filter(isKept);
  };

  /** The instance with the fewest calls, where it has a place. */
  const freest = (): Instance | undefined => {
    let best: Instance | undefined;
    for (const instance of instances) if (!best || instance.calls < best.calls) best = instance;
    return best && best.calls < platform.perInstanceConcurrency ? best : undefined;
  };

  /** As many as those who wait need, one after another. */
  const scaleOut = (now: number) => {
    const wanted = Math.ceil((waiting.length - firstWaiting) / platform.perInstanceConcurrency) - starting;
    for (let count = 0; count < wanted && instances.length + starting < platform.maximumInstances; count += 1) {
      mayStartAt = Math.max(now, mayStartAt) + platform.betweenStartsMs;
      starting += 1;
      events.add(mayStartAt - platform.betweenStartsMs + platform.startMs, { what: 'ready' });
    }
    result.instances = Math.max(result.instances, instances.length + starting);
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
        dropIdle(now);
        const instance = firstWaiting === waiting.length ? freest() : undefined;
        if (instance) begin(call, instance, now);
        else {
          result.waited += 1;
          waiting.push(call);
          scaleOut(now);
        }
        const next = nextArrival(now, arrivals, random);
        if (next < endMs) events.add(next, event);
        return;
      }
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
        if (instance.calls === 0) result.billedMs += billed(now - instance.busySince);
      }
    }
  };

  const first = nextArrival(0, arrivals, random);
  if (first < endMs) events.add(first, { what: 'arrival' });
  for (let next = events.next(); next; next = events.next()) happen(next.event, next.at);

  latencies.sort((one, other) => one - other);
  const percentile = (part: number) => Math.round(latencies[Math.ceil(part * latencies.length) - 1] ?? 0);
  return { ...result, p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}

function newInstance(now: number): Instance {
  return { calls: 0, cpuFreeAt: now, busySince: now, idleSince: now };
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

/** A Poisson process of a rate that changes, by thinning: https://en.wikipedia.org/wiki/Poisson_point_process#Thinning */
function nextArrival(now: number, arrivals: Arrivals, random: Random): number {
  const highest = arrivals.burst ? rateAt(0, arrivals) : rateAt(now, arrivals);
  for (let at = now; ; ) {
    at -= Math.log(1 - random.next()) / highest;
    if (random.next() * highest <= rateAt(at, arrivals)) return at;
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
