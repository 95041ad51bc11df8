import { HttpRequest, HttpResponse, InvocationContext } from '@azure/functions';
import type { Environment } from '../settings/setting.ts';
import type { Backend, createBackend } from './backend.ts';
import { actionHandler } from './http.ts';

/**
 * Reads that are carried out against answers made up here. Node compiles a function when it first runs, and zod a schema, so
 * that the first true call would take several times as long as the next. Nothing is sent, and nothing is kept.
 */
export interface Rehearsal {
  /** Made-up settings, secrets among them, that the system is opened with. */
  settings: Environment;
  /** Reads by their names, with their inputs. */
  calls: Readonly<Record<string, Record<string, string>>>;
  /** What the vendor might answer to a request of theirs. */
  answer(request: { method: string; path: string }): object;
}

/** The second and the third time take less than the first, and each makes the first true call shorter. */
const TIMES = 3;

/** Carries out the rehearsals of these systems, each call as a step of its own that gives its answer. */
export async function rehearse(
  { systems, actions }: Pick<Backend, 'systems' | 'actions'>,
  names: readonly string[],
  create: typeof createBackend,
  step: (call: () => Promise<HttpResponse>) => Promise<void>,
): Promise<void> {
  for (const system of systems) {
    const rehearsal = names.includes(system.name) ? await system.rehearsal?.() : undefined;
    if (!rehearsal) continue;
    const { settings, calls, answer } = rehearsal;
    const answerInstead: typeof fetch = async (url, { method = 'GET' } = {}) =>
      Response.json(answer({ method, path: new URL(String(url)).pathname }));
    const handle = actionHandler(create(settings, { systems, actions }, { fetch: answerInstead }));
    for (const [name, query] of Array.from({ length: TIMES }, () => Object.entries(calls)).flat()) {
      const entry = actions.find(action => action.name === name);
      if (!entry) continue;
      await step(async () => {
        const url = `https://rehearsal.invalid/api/${system.name}/${name}?${new URLSearchParams(query)}`;
        const request = new HttpRequest({ url, method: 'GET' });
        return new HttpResponse(await handle(entry, request, new InvocationContext({ logHandler: () => {} })));
      });
    }
  }
}
