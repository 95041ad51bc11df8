import { describe, expect, it } from 'vitest';
import { type CallKind, type Platform, poisson, type Scenario, simulate } from './simulate.ts';

const platform: Platform = {
  maximumInstances: 2,
  perInstanceConcurrency: 2,
  alwaysReady: 1,
  startMs: 1_000,
  betweenStartsMs: 500,
  idleMs: 60_000,
  patienceMs: 10_000,
};
/** Ten milliseconds of the processor, then a hundred at the vendor. */
const kind: CallKind = { name: 'read', share: 1, cpuMs: 10, vendorMs: { median: 100, sigma: 0 }, limit: 'reads' };
const run = (arrivals: Iterable<number>, more: Partial<Scenario> = {}) =>
  simulate({ arrivals, platform, kinds: [kind], limits: {}, seed: 1, ...more });

describe('five calls at once, with two places', () => {
  // Answers come at 110 and 120. Each gives its place to the next: 110+10+100, 120+10+100, and 220+10+100.
  it('are answered after 110, 120, 220, 230 and 330 ms', () => {
    expect(run([0, 0, 0, 0, 0])).toMatchObject({
      calls: 5,
      mean: (110 + 120 + 220 + 230 + 330) / 5,
      p50: 220,
      p95: 330,
      concurrent: 2,
      waited: 3,
      refused: 0,
      instances: 2,
      billedMs: 1_000,
    });
  });

  it('take a second instance when it has started', () => {
    const calls = run([0, 0, 0, 0, 0], { platform: { ...platform, alwaysReady: 0 } });
    // Two calls begin at 1,000 ms, and the others as these are answered, before the second comes at 1,500 ms.
    expect(calls).toMatchObject({ instances: 2, waited: 5, p50: 1_220, p95: 1_330 });
  });

  it('are refused where no place comes free in time', () => {
    expect(run([0, 0, 0, 0, 0], { platform: { ...platform, patienceMs: 105 } })).toMatchObject({
      refused: 3,
      p95: 120,
    });
  });
});

it('a vendor lets through what its bucket holds, and refills it', () => {
  const limits = { reads: { perSecond: 1, bucket: 2 } };
  const calls = run([0, 1, 2, 1_500], { limits, platform: { ...platform, perInstanceConcurrency: 10 } });
  expect(calls).toMatchObject({ requests: { reads: 4 }, limited: { reads: 1 } });
});

it('each time in which an instance has calls is billed by a tenth of a second, and for a second at least', () => {
  expect(run([0, 5_000]).billedMs).toBe(2_000);
  const slow: CallKind = { ...kind, vendorMs: { median: 1_215, sigma: 0 } };
  expect(run([0], { kinds: [slow] }).billedMs).toBe(1_300);
});

it('an instance that nothing calls goes, and the next call waits for a new one', () => {
  const calls = run([0, 70_000], { platform: { ...platform, alwaysReady: 0 } });
  expect(calls).toMatchObject({ waited: 2, p95: 1_110 });
  expect(run([0, 50_000], { platform: { ...platform, alwaysReady: 0 } })).toMatchObject({ waited: 1 });
});

it('instances that a burst needed go when it is over, and are not billed any more', () => {
  const small = { ...platform, maximumInstances: 10, perInstanceConcurrency: 1 };
  const slow: CallKind = { ...kind, cpuMs: 0, vendorMs: { median: 1_000, sigma: 0 } };
  // Ten calls at once, then one a second for ten minutes, of which none overlap.
  const steady = Array.from({ length: 600 }, (_, second) => 20_000 + second * 1_000);
  const { instances, billedMs } = run([...Array(10).fill(0), ...steady], { platform: small, kinds: [slow] });
  expect(instances).toBeGreaterThan(2);
  expect(billedMs).toBe(610 * 1_000);
});

it('waits as long as queueing theory says: half the service time at half the load, for M/D/1', () => {
  // Pollaczek–Khinchine: load × service / (2 × (1 − load)).
  const arrivals = poisson({ callsPerHour: 50 * 3_600 }, 2_000, 7);
  const wide = { ...platform, perInstanceConcurrency: 1_000 };
  const { mean } = run(arrivals, { platform: wide, kinds: [{ ...kind, vendorMs: { median: 0, sigma: 0 } }] });
  expect(mean).toBeGreaterThan(14.5);
  expect(mean).toBeLessThan(15.5);
});

it('calls come as often as is said, with bursts and without, and the same for the same seed', () => {
  const bursts = { callsPerHour: 36_000, burst: { everySeconds: 100, seconds: 10, factor: 5 } };
  const times = [...poisson(bursts, 3_600, 3)];
  expect(times.length / 36_000).toBeCloseTo(1, 1);
  const inBursts = times.filter(at => (at / 1_000) % 100 < 10).length;
  expect(inBursts / times.length).toBeCloseTo(50 / 140, 1);
  expect([...poisson(bursts, 3_600, 3)]).toEqual(times);
  expect([...poisson(bursts, 3_600, 4)]).not.toEqual(times);
});
