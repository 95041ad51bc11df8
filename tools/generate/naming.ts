const acronyms = new Set(['id', 'url', 'jql', 'soql']);

/** `getProjectUpdates` as an operation's ID: `GetProjectUpdates`. */
export function operationId(actionName: string): string {
  return actionName.charAt(0).toUpperCase() + actionName.slice(1);
}

/** `issueKey` as people read it: `Issue key`. */
export function fieldTitle(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ')
    .map(word => (acronyms.has(word) ? word.toUpperCase() : word));
  const title = words.join(' ');
  return title.charAt(0).toUpperCase() + title.slice(1);
}
