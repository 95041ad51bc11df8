import { readFile } from 'node:fs/promises';
import Module from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { Failure } from '../../shared/failure.ts';
import type { Log } from './log.ts';
import {
  type CoreInvocationContext,
  type Disposable,
  type FunctionCallback,
  type FunctionMetadata,
  type HookCallback,
  type HookName,
  hookNames,
  type LogLevel,
  type ProgrammingModel,
  type RpcHttpRequest,
  type RpcHttpResponse,
  type RpcTraceContext,
} from './rpc.ts';

interface RegisteredFunction {
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

export interface Invocation {
  invocationId: string;
  /** The name of the HTTP trigger among the function's bindings. */
  triggerName: string;
  request: RpcHttpRequest;
  traceContext: RpcTraceContext;
}

export interface App {
  /** In the order in which the app registered them. */
  functions: FunctionMetadata[];
  /** Runs the function of this name, hooks included. Gives nothing when the handler answered nothing; throws what it threw. */
  invoke(name: string, invocation: Invocation): Promise<RpcHttpResponse | undefined>;
  /** Runs the hooks that the app registered for its end. */
  terminate(): Promise<void>;
}

/** What an app registers while it loads. */
interface Registry {
  functions: Map<string, RegisteredFunction>;
  hooks: Record<HookName, Set<HookCallback>>;
  log: Log;
}

let loading: Registry | undefined;
// Outlives a load: `@azure/functions` sets its model once in a process, however many apps are loaded with it.
let programmingModel: ProgrammingModel | undefined;

const coreApi = {
  version: '3.0.0',
  hostVersion: '4.0.0',
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    const { functions } = registry();
    if (functions.has(metadata.name)) throw new Error(`Two functions are named "${metadata.name}".`);
    functions.set(metadata.name, { metadata, callback });
    return { dispose: () => functions.delete(metadata.name) };
  },
  registerHook(name: string, callback: HookCallback): Disposable {
    const hookName = hookNames.find(known => known === name);
    if (!hookName) throw new RangeError(`The local host knows no hook "${name}". It runs: ${hookNames.join(', ')}.`);
    const hooks = registry().hooks[hookName];
    hooks.add(callback);
    return { dispose: () => hooks.delete(callback) };
  },
  setProgrammingModel(model: ProgrammingModel) {
    programmingModel = model;
  },
  getProgrammingModel: () => programmingModel,
  log(level: LogLevel, _category: string, message: string) {
    loading?.log(level, message);
  },
};

function registry(): Registry {
  if (!loading) throw new Error('Functions and hooks can only be registered while the app starts.');
  return loading;
}

/** Lets `require('@azure/functions-core')`, a module that exists only inside the Functions worker, find its API. */
function supplyCoreModule() {
  if (suppliesCoreModule) return;
  suppliesCoreModule = true;
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (require, self, [id, ...rest]) =>
      id === '@azure/functions-core' ? coreApi : Reflect.apply(require, self, [id, ...rest]),
  });
}
let suppliesCoreModule = false;

const packageSchema = z.object({ main: z.string() });

/**
 * Loads a function app as the Functions Node.js worker does: supplies `@azure/functions-core`, imports the `main` of
 * the package.json in `root`, and keeps what it registers. An app can be loaded once in a process.
 */
export async function loadApp(root: string, log: Log): Promise<App> {
  const main = await findMain(root);
  const registered: Registry = {
    functions: new Map(),
    hooks: { appStart: new Set(), appTerminate: new Set(), preInvocation: new Set(), postInvocation: new Set() },
    log,
  };
  supplyCoreModule();
  loading = registered;
  try {
    await import(/* @vite-ignore */ pathToFileURL(main).href);
  } finally {
    loading = undefined;
  }
  const model = programmingModel;
  if (!model || registered.functions.size === 0) {
    throw new Failure('misconfigured', `${main} registered no functions.`);
  }
  const { HttpUri: streamProxy } = await model.getCapabilities({});
  if (streamProxy) throw new Failure('misconfigured', 'The local host does not do enableHttpStream. Turn it off.');

  const appHookData = {};
  const runHooks = async (name: HookName, context: object) => {
    for (const hook of registered.hooks[name]) await hook(context);
  };
  await runHooks('appStart', { hookData: {}, appHookData, functionAppDirectory: resolve(root) });

  return {
    functions: [...registered.functions.values()].map(({ metadata }) => metadata),

    async invoke(name, { invocationId, triggerName, request, traceContext }) {
      const target = registered.functions.get(name);
      if (!target) throw new Error(`There is no function "${name}".`);
      const { metadata, callback } = target;
      const core: CoreInvocationContext = {
        invocationId,
        request: {
          invocationId,
          functionId: metadata.name,
          inputData: [{ name: triggerName, data: { http: request } }],
          traceContext,
        },
        metadata,
        log: (level, _category, message) => log(level, message),
      };
      const invocation = model.getInvocationModel(core);
      const { context, inputs } = await invocation.getArguments();

      const hookData = {};
      const before = { hookData, appHookData, invocationContext: context, inputs, functionCallback: callback };
      core.state = 'preInvocationHooks';
      await runHooks('preInvocation', before);

      const after: { result: unknown; error: unknown } = { result: null, error: null };
      core.state = 'invocation';
      try {
        after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
      } catch (error) {
        after.error = error;
      }
      const afterContext = Object.assign(after, { hookData, appHookData, invocationContext: context, inputs });
      core.state = 'postInvocationHooks';
      await runHooks('postInvocation', afterContext);
      core.state = undefined;

      if (afterContext.error) throw afterContext.error;
      const { returnValue } = await invocation.getResponse(context, afterContext.result);
      return returnValue?.http;
    },

    terminate: () => runHooks('appTerminate', { hookData: {}, appHookData }),
  };
}

async function findMain(root: string): Promise<string> {
  const path = join(root, 'package.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Failure('misconfigured', `There is no ${path}, so there is no function app to run.`);
  });
  const { success, data } = packageSchema.safeParse(JSON.parse(text));
  if (!success) throw new Failure('misconfigured', `${path} has no "main", which must name the app's entry file.`);
  const main = resolve(root, data.main);
  await readFile(main).catch(() => {
    throw new Failure('misconfigured', `There is no ${main}. Run \`npm run build\` first.`);
  });
  return main;
}
