import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { filtersObject } from '../api/filter/filtersObject.ts';
import { clearable, issueInputs, issueKeys, nameList, nameText, shortText } from '../api/inputs.ts';
import { issueChangeData, MAX_CHANGED } from '../api/issueChanges.ts';
import { keysMeant } from '../api/keysMeant.ts';
import { putsInSprint, whereFiltered, writes } from '../needs.ts';
import { jira } from '../system.ts';

const moved = { when: 'with status', permissions: ['TRANSITION_ISSUES'] } as const;

export default jira.plannedAction({
  name: 'updateIssues',
  toolset: 'jira',
  effect: 'changes',
  idempotent: true,
  needs: writes({ permissions: ['EDIT_ISSUES'], also: [...whereFiltered.also, putsInSprint, moved] }),
  title: 'Update several issues',
  description:
    'Changes up to 100 Jira issues alike, as the account signed in to Jira: fields, labels, versions, sprint, assignee, status. ' +
    'Use it for several: its first call only shows what would change in each, and the call with its confirmationToken does it. For one issue use updateIssue, for its status transitionIssue.',
  input: z.object({
    issueKeys: issueKeys(MAX_CHANGED).optional(),
    filters: filtersObject
      .optional()
      .describe(
        'In place of issueKeys, which issues: filters of searchIssues as a JSON object, such as {"projectId": "ABC", "status": "To Do", "where": {"Fix versions": "2.3"}, "openOnly": true}.',
      ),
    assignee: clearable(issueInputs.assignee, 'The new assignee: a name, an e-mail address, or me; none unassigns.'),
    priority: issueInputs.priority.optional().describe('The new priority.'),
    status: nameText.optional().describe('The status to move them to, or the name of the transition.'),
    resolution: nameText.optional().describe('With status: the resolution, such as Duplicate.'),
    addLabels: issueInputs.labels.optional().describe('Labels to add, separated by commas.'),
    removeLabels: issueInputs.labels.optional().describe('Labels to remove.'),
    addComponents: nameList.optional().describe('Components to add.'),
    removeComponents: nameList.optional().describe('Components to remove.'),
    addFixVersions: nameList
      .optional()
      .describe('Fix versions to add. To move from one to another, remove that one, too.'),
    removeFixVersions: nameList.optional().describe('Fix versions to remove.'),
    sprint: shortText.optional().describe('The sprint to put them into: active, next, its name, or backlog.'),
    dueDate: clearable(issueInputs.dueDate, 'The new due date, such as 2026-11-30; none removes it.'),
    parent: clearable(issueInputs.parent, 'The key of the new parent, such as an epic; none removes it.'),
    additionalFields: issueInputs.additionalFields
      .optional()
      .describe('Other fields by their names: a JSON object as a string, such as {"Severity": "Major"}; null clears.'),
  }),
  data: issueChangeData,
  // Each of fifty is edited and moved.
  requests: 250,
  example: { issueKeys: 'ATLAS-3,ATLAS-4', priority: 'High', addLabels: 'launch' },
  async plan({ issueKeys: keys, filters, ...changes }, { jira, now }) {
    if ((keys === undefined) === (filters === undefined)) {
      throw invalidInput([{ field: 'issueKeys', message: 'Give either issueKeys or filters.' }]);
    }
    const { additionalFields = {}, ...own } = changes;
    if ([...Object.values(own), ...Object.values(additionalFields)].every(change => change === undefined)) {
      throw invalidInput([{ field: 'priority', message: 'Give at least one change besides issueKeys or filters.' }]);
    }
    if (changes.resolution !== undefined && changes.status === undefined) {
      throw invalidInput([{ field: 'resolution', message: 'It is set with a status, so give status as well.' }]);
    }
    return jira.issueChanges.plan(keys ?? (await keysMeant(filters ?? {}, { jira, now })), changes);
  },
  batches: { looked: 50, size: 1, atOnce: 8 },
  look: (items, { jira }) => jira.issueChanges.look(items),
  performAll: (items, { jira }) => Promise.all(items.map(item => jira.issueChanges.change(item))),
});
