import { describe, expect, it } from 'vitest';
import type { SandboxServer } from '../../shared/sandbox/sandboxServer.ts';
import { findJiraOpenApi, findSoftwareOpenApi, openApiCheck } from './openApiCheck.ts';

/** Holds all that a test file asked of Jira, and was answered, to Jira's own document; to stand at the end of the file. */
export function agreesWithOpenApi(jira: () => Pick<SandboxServer, 'exchanges'>): void {
  const openApi = findJiraOpenApi();
  const software = findSoftwareOpenApi();
  // Service desks have a document of their own.
  const below = (base: string) => jira().exchanges.filter(({ request }) => request.path.startsWith(base));

  describe.skipIf(!openApi)("Jira's own OpenAPI document", () => {
    it('has every request that was made here, and every answer', () => {
      const exchanges = below('/rest/api/');
      expect(exchanges.length).toBeGreaterThan(0);
      expect(exchanges.flatMap(openApiCheck(openApi ?? ''))).toEqual([]);
    });

    it.skipIf(!software)('of boards and sprints has every request that was made here, and every answer', () => {
      expect(below('/rest/agile/').flatMap(openApiCheck(software ?? ''))).toEqual([]);
    });
  });
}
