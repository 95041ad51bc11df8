import type { JiraApp } from './harness.ts';

export interface Item {
  key: string;
  outcome: string;
  message: string;
  partly?: boolean;
  url?: string;
}

/** Calls of an action that is planned first. */
export function plannedCalls(action: string, app: () => JiraApp) {
  const plan = async (input: Record<string, unknown>, by = app()) => (await by.write(action, input)).body;
  type Body = Awaited<ReturnType<typeof plan>>;
  const itemsIn = ({ items = [] }: Body): Item[] => items;
  return {
    plan,
    confirm: (confirmationToken: string, by = app()) => plan({ confirmationToken }, by),
    itemsIn,
    outcomesIn: (body: Body) => itemsIn(body).map(({ outcome }) => outcome),
  };
}
