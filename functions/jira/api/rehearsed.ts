/** Changes of an issue in the form in which a client is asked whether the caller may make them. */

interface Edit {
  fields?: Record<string, unknown>;
  update?: Record<string, unknown>;
}

export function editOf(issueKey: string, body: Edit = {}) {
  return { method: 'PUT', url: `/rest/api/3/issue/${issueKey}`, body } as const;
}

export function transitionOf(issueKey: string, id: string) {
  return { method: 'POST', url: `/rest/api/3/issue/${issueKey}/transitions`, body: { transition: { id } } } as const;
}
