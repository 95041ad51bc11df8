import { expect, it } from 'vitest';
import { inCallerMode } from '../../../shared/settings/inboundAuth.ts';

it.each([
  ['caller', true],
  [' Caller ', true],
  ['basic', false],
  ['callers', false],
  ['', false],
  [undefined, false],
])('has callers sign in at the vendor where the setting is %j: %s', (value, expected) => {
  expect(inCallerMode('ORDERS_AUTH', { ORDERS_AUTH: value })).toBe(expected);
});

it('never has those sign in elsewhere whose system says nothing of it', () => {
  expect(inCallerMode('app', { app: 'caller' })).toBe(false);
  expect(inCallerMode(undefined, { undefined: 'caller' })).toBe(false);
});
