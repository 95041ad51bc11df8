import { chosenFields, showHistory, showIssue } from '../represent.ts';
import { issueInPath, list, page, type Route, route } from '../router.ts';

/** An issue by itself shows all its comments, up to Jira's limit of 5000, and its last hundred changes. */
const whole = { listLimit: 5000, historyLimit: 100 };

export const issueRoutes: Route[] = [
  route('GET', 'issue/{issueIdOrKey}', call => {
    const fields = chosenFields(call.query.getAll('fields'), '*all');
    return {
      json: showIssue(call, issueInPath(call), { fields, expand: list(call.query.getAll('expand')), ...whole }),
    };
  }),
  route('GET', 'issue/{issueIdOrKey}/changelog', call => {
    const issue = issueInPath(call);
    return page(
      call,
      issue.histories.map(history => showHistory(call, history)),
      `issue/${issue.id}/changelog`,
      100,
    );
  }),
];
