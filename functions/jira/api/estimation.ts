import type { BoardConfiguration } from './wire.ts';

/** What a board estimates by. */
export interface Estimation {
  /** As people call it. */
  name: string;
  unit: 'points' | 'hours' | 'issues';
  /** The field that holds it; undefined where each issue counts as one. */
  fieldId: string | undefined;
  isTime: boolean;
}

/** A board without a field to estimate by counts its issues, as Jira's reports then do. */
export function estimationOf({ estimation }: BoardConfiguration): Estimation {
  const { fieldId, displayName } = estimation?.field ?? {};
  if (fieldId === undefined) return { name: 'Issue count', unit: 'issues', fieldId: undefined, isTime: false };
  const isTime = fieldId === 'timeoriginalestimate';
  return { name: displayName ?? fieldId, unit: isTime ? 'hours' : 'points', fieldId, isTime };
}

/** The IDs of the statuses that are done on a board: those of its last column that has any. */
export function doneStatuses({ columnConfig }: BoardConfiguration): ReadonlySet<string> {
  const last = columnConfig?.columns.findLast(({ statuses }) => statuses.length > 0);
  return new Set(last?.statuses.map(({ id }) => id));
}

export const hoursOf = (seconds: number): number => seconds / 3600;

/** A sum of estimates without the traces of binary fractions. */
export const rounded = (amount: number): number => Math.round(amount * 100) / 100;
