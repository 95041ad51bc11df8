import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { systems } from '../../functions/everySystem.ts';
import { inputSchema, outputSchema } from '../../shared/action/plainSchema.ts';
import { describeSettings } from '../../shared/settings/describeSettings.ts';
import { actionIndex, declaredActions } from '../generate/actionIndex.ts';
import { openLocalApp } from '../localApp.ts';
import { type Sandbox, sandboxModule } from '../sandboxes.ts';
import type { Declaring, FromDeclaring, ToDeclaring } from './declare.ts';

const { root, env, firstPort }: Declaring = workerData;
const tell = (message: FromDeclaring) => parentPort?.postMessage(message);

/** Sandboxes run elsewhere: they stay when this thread is gone. */
const openings: PromiseWithResolvers<Sandbox>[] = [];
parentPort?.on('message', ({ id, opened, reason }: ToDeclaring) => {
  if (opened) openings[id]?.resolve({ ...opened, close: async () => {} });
  else openings[id]?.reject(new Error(reason));
});

try {
  const declared = await declaredActions(pathToFileURL(`${root}/`), systems);
  const actions = declared.map(({ action }) => action);
  const { close: _, ...app } = await openLocalApp(root, actions, env, {
    firstPort,
    find: async system => {
      const module = await sandboxModule(system);
      return (
        module &&
        (async (options = {}) => {
          const { now: _now, ...given } = options;
          const opening = Promise.withResolvers<Sandbox>();
          tell({
            type: 'sandbox',
            id: openings.push(opening) - 1,
            system: system.name,
            module: module.href,
            options: given,
          });
          return opening.promise;
        })
      );
    },
  });
  const index = actionIndex(declared, systems);
  const meaning = [
    index,
    actions.map(action => [
      { ...action, uses: action.uses.map(({ name }) => name) },
      inputSchema(action),
      outputSchema(action),
    ]),
    systems.map(({ name, title, about, advice, toolsets }) => [name, title, about, advice, toolsets]),
    describeSettings(systems),
  ];
  const digest = createHash('sha256').update(JSON.stringify(meaning)).digest('hex');
  tell({ type: 'declared', declared: { app, env, index, digest } });
} catch (error) {
  tell({ type: 'broken', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
