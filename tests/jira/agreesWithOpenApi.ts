import { describe, expect, it } from 'vitest';
import type { SandboxServer } from '../../shared/sandbox/sandboxServer.ts';
import { findJiraOpenApi, findSoftwareOpenApi, openApiCheck } from './openApiCheck.ts';

/** Holds all that a test file asked of Jira, and was answered, to Jira's own documents; to stand at the end of the file. */
export function agreesWithOpenApi(jira: () => Pick<SandboxServer, 'exchanges'>): void {
  const below = (path: string) => jira().exchanges.filter(({ request }) => request.path.startsWith(path));
  const openApi = findJiraOpenApi();
  const softwareOpenApi = findSoftwareOpenApi();

  describe.skipIf(!openApi)("Jira's own OpenAPI document", () => {
    it('has every request that was made here, and every answer', () => {
      // The document is that of the platform; service desks have one of their own.
      const exchanges = below('/rest/api/');
      expect(exchanges.length + below('/rest/agile/').length).toBeGreaterThan(0);
      expect(exchanges.flatMap(openApiCheck(openApi ?? ''))).toEqual([]);
    });
  });

  describe.skipIf(!softwareOpenApi)("Jira Software's own OpenAPI document", () => {
    it('has every request to a board, a sprint or a backlog, and every answer', () => {
      expect(below('/rest/agile/').flatMap(openApiCheck(softwareOpenApi ?? ''))).toEqual([]);
    });
  });
}
