import { expect, test } from 'vitest';
import { completedStatus } from '../../../functions/salesforce/api/openTask.ts';
import { describeSchema } from '../../../functions/salesforce/api/wire.ts';

/** An org whose tasks have these statuses, of which one closes them. */
const org = (statuses: readonly string[], closing: string) => {
  const asked: string[] = [];
  const picklistValues = statuses.map(value => ({ value, label: value, active: true }));
  const fields = [{ name: 'Status', label: 'Status', type: 'picklist', picklistValues }];
  return {
    asked,
    describe: async () => describeSchema.parse({ name: 'Task', label: 'Task', fields }),
    query: async ({ text }: { text: string }) => {
      asked.push(text);
      return [{ MasterLabel: closing }];
    },
  };
};

test.each([
  [['Not Started', 'Completed', 'Dropped'], 'Dropped', 'Completed', 0],
  [['Offen', 'Erledigt'], 'Erledigt', 'Erledigt', 1],
])(
  'of %j a task is completed with the usual status, or the first that closes it',
  async (all, closing, status, asked) => {
    const salesforce = org(all, closing);
    expect(await completedStatus(salesforce)).toBe(status);
    expect(salesforce.asked).toHaveLength(asked);
  },
);
