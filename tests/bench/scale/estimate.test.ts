import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { limitsReached, monthlyCost, peakFactor } from './estimate.ts';
import { defaults, prices } from './facts.ts';

const read = (path: string) => readFileSync(resolve(import.meta.dirname, '../../..', path), 'utf8');

it('a month costs what is beyond the free grants', () => {
  // 73,000 calls, each half a second of a 2 GB instance: 73,000 GB-s and 0.2 GB of log.
  expect(monthlyCost(100, 500)).toMatchObject({ calls: 73_000, gbSeconds: 73_000, total: 0 });
  // 730 million calls of 10 ms: 14.6 million GB-s and 2,190 GB of log.
  const { functions, logs } = monthlyCost(1_000_000, 10);
  expect(functions).toBeCloseTo(729.75 * 0.4 + 14_500 * 0.03);
  expect(logs).toBeCloseTo(2_185 * 2.5);
});

it('a burst of five times in a minute of ten is 3.57 times the mean', () => {
  expect(peakFactor()).toBeCloseTo(3_000 / 840);
});

it('the earliest limit comes first, and needs no more calls than its quota by what a call takes of it', () => {
  const reached = limitsReached(() => 1, 3);
  const at = (name: string) => reached.find(({ limit }) => limit.startsWith(name))?.callsPerHour;
  // 45 of 100 calls ask Salesforce once.
  expect(at('Salesforce')).toBeCloseTo(200_000 / 24 / 0.45);
  // A search of 20 issues has 21 points, a write one.
  expect(at('Jira with')).toBeCloseTo(65_000 / (0.45 * 21 + 0.1));
  const hours = reached.map(({ callsPerHour }) => callsPerHour);
  expect(hours).toEqual(hours.toSorted((one, other) => one - other));
});

it('prices and defaults are those of the deployment', () => {
  const costs = read('docs/deploy.md');
  const { freeCalls, freeGbSeconds, perMillionCalls, perThousandGbSeconds, freeLogGb, perLogGb } = prices;
  const english = (number: number) => number.toLocaleString('en');
  expect(costs).toContain(
    `nothing for the first ${english(freeCalls)} calls and ${english(freeGbSeconds)} GB-s, then about ${perMillionCalls.toFixed(2)} USD a million calls and ${perThousandGbSeconds.toFixed(2)} USD per 1,000 GB-s`,
  );
  expect(costs).toContain(`nothing for the first ${freeLogGb} GB, then about ${perLogGb.toFixed(2)} USD a GB`);
  const parameters = read('infra/main.bicepparam');
  expect(parameters).toContain(`'MAXIMUM_INSTANCES', '${defaults.maximumInstances}'`);
  expect(parameters).toContain(`'PER_INSTANCE_CONCURRENCY', '${defaults.perInstanceConcurrency}'`);
});
