import type { IssueType, LinkType, Named, Status, StatusCategory, Transition } from './model.ts';

const toDo: StatusCategory = { id: '2', key: 'new', name: 'To Do', colorName: 'blue-gray' };
const inProgress: StatusCategory = { id: '4', key: 'indeterminate', name: 'In Progress', colorName: 'yellow' };
const done: StatusCategory = { id: '3', key: 'done', name: 'Done', colorName: 'green' };

export const statusCategories: StatusCategory[] = [toDo, inProgress, done];

export const statuses: Status[] = [
  { id: '10000', name: 'To Do', category: toDo },
  { id: '10001', name: 'In Progress', category: inProgress },
  { id: '10002', name: 'In Review', category: inProgress },
  { id: '10003', name: 'Done', category: done },
];

/** One workflow for every project. There is no way from To Do straight to Done. */
export const transitions: Transition[] = [
  { id: '11', name: 'Stop work', from: ['10001'], to: '10000', fields: [] },
  { id: '21', name: 'Start work', from: ['10000', '10002'], to: '10001', fields: [] },
  { id: '31', name: 'Send to review', from: ['10001'], to: '10002', fields: ['assignee'] },
  { id: '41', name: 'Finish', from: ['10001', '10002'], to: '10003', fields: ['resolution'] },
  { id: '51', name: 'Reopen', from: ['10003'], to: '10000', fields: [] },
];

export const issueTypes: IssueType[] = [
  { id: '10100', name: 'Epic', description: 'A big piece of work that holds others.', level: 1 },
  { id: '10101', name: 'Story', description: 'Something a user can do in the end.', level: 0 },
  { id: '10102', name: 'Task', description: 'A small, distinct piece of work.', level: 0 },
  { id: '10103', name: 'Bug', description: 'A problem or error.', level: 0 },
  { id: '10104', name: 'Sub-task', description: 'A piece of another issue.', level: -1 },
];

export const priorities: Named[] = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
  { id: '3', name: 'Medium' },
  { id: '4', name: 'Low' },
  { id: '5', name: 'Lowest' },
];

export const resolutions: Named[] = [
  { id: '10000', name: 'Done' },
  { id: '10001', name: "Won't Do" },
  { id: '10002', name: 'Duplicate' },
  { id: '10003', name: 'Cannot Reproduce' },
];

export const linkTypes: LinkType[] = [
  { id: '10000', name: 'Blocks', inward: 'is blocked by', outward: 'blocks' },
  { id: '10001', name: 'Cloners', inward: 'is cloned by', outward: 'clones' },
  { id: '10002', name: 'Duplicate', inward: 'is duplicated by', outward: 'duplicates' },
  { id: '10003', name: 'Relates', inward: 'relates to', outward: 'relates to' },
];

export const sprints: Named[] = [
  { id: '1', name: 'Sprint 41' },
  { id: '2', name: 'Sprint 42' },
  { id: '3', name: 'Sprint 43' },
];

/** The choices of the custom fields that have any, by field id. */
export const options: Record<string, Named[]> = {
  customfield_10030: [
    { id: '10200', name: 'Critical' },
    { id: '10201', name: 'Major' },
    { id: '10202', name: 'Minor' },
  ],
  customfield_10031: [
    { id: '10210', name: 'Platform' },
    { id: '10211', name: 'Mobile' },
    { id: '10212', name: 'Payments & Billing' },
  ],
  customfield_10034: [
    { id: '10220', name: 'Web' },
    { id: '10221', name: 'iOS' },
    { id: '10222', name: 'Android' },
  ],
};
