import * as z from 'zod';
import type { SalesforceApp } from './harness.ts';

const planAnswer = z.object({
  summary: z.string().default(''),
  code: z.string().optional(),
  detail: z.string().default(''),
  confirmationToken: z.string().optional(),
  deduplicated: z.boolean().optional(),
  items: z
    .array(z.object({ key: z.string(), outcome: z.string(), message: z.string(), url: z.string().optional() }))
    .default([]),
});
export type PlanAnswer = z.output<typeof planAnswer>;

/** Calls of an action that is planned first. */
export function plannedCalls(action: string, app: () => Pick<SalesforceApp, 'call'>) {
  const plan = async (json: Record<string, unknown>, by = app()): Promise<PlanAnswer> =>
    planAnswer.parse((await by.call(action, { json })).body);
  return {
    plan,
    confirm: ({ confirmationToken }: PlanAnswer, by = app()) =>
      plan({ confirmationToken: confirmationToken ?? '?' }, by),
  };
}

export const outcomesOf = ({ items }: PlanAnswer) => items.map(({ outcome }) => outcome);
export const messagesOf = ({ items }: PlanAnswer) => items.map(({ message }) => message);
