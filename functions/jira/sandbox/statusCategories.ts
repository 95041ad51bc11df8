import type { StatusCategory } from './model.ts';

/** The same on every site. */
export const statusCategories = {
  new: { id: '2', key: 'new', name: 'To Do', colorName: 'blue-gray' },
  indeterminate: { id: '4', key: 'indeterminate', name: 'In Progress', colorName: 'yellow' },
  done: { id: '3', key: 'done', name: 'Done', colorName: 'green' },
} as const satisfies Record<string, StatusCategory>;
