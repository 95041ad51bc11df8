import { expect, it } from 'vitest';
import { allActions } from '../callAction.ts';
import { runFuzz } from './runFuzz.ts';

const EACH = 150;

it(`${EACH} odd requests for each action and for MCP are answered in form, without a bug, a stack or a secret`, async () => {
  const { seed, requests, codes, wrong } = await runFuzz(EACH);
  expect({ seed, wrong }).toEqual({ seed, wrong: [] });
  expect(requests).toBe(EACH * (allActions.length + 1));
  // Otherwise everything was refused before anything was done.
  expect(codes.ok).toBeGreaterThan(requests / 20);
}, 900_000);
