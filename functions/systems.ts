// The systems of the app, one line each: `npm run new -- system <name> --from <example>` adds one.

export { accountsAndIssues } from './accounts-and-issues/system.ts';
export { jira } from './jira/system.ts';
export { myChanges } from './my-changes/system.ts';
export { salesforce } from './salesforce/system.ts';
