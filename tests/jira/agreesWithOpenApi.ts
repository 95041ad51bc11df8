import { describe, expect, it } from 'vitest';
import type { SandboxServer } from '../../shared/sandbox/sandboxServer.ts';
import { findJiraOpenApi, openApiCheck } from './openApiCheck.ts';

/** Holds all that a test file asked of Jira, and was answered, to Jira's own document; to stand at the end of the file. */
export function agreesWithOpenApi(jira: () => Pick<SandboxServer, 'exchanges'>): void {
  const openApi = findJiraOpenApi();

  describe.skipIf(!openApi)("Jira's own OpenAPI document", () => {
    it('has every request that was made here, and every answer', () => {
      // The document is that of the platform; boards and service desks have their own.
      const exchanges = jira().exchanges.filter(({ request }) => request.path.startsWith('/rest/api/'));
      expect(exchanges.length).toBeGreaterThan(0);
      expect(exchanges.flatMap(openApiCheck(openApi ?? ''))).toEqual([]);
    });
  });
}
