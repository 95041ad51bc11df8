/**
 * The types of what the Functions host and a Node.js programming model pass to each other, as far as HTTP needs it. Follows the
 * `@azure/functions-core` types: https://github.com/Azure/azure-functions-nodejs-worker/blob/v3.x/types-core/index.d.ts
 */

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

interface Nullable<T> {
  value?: T | null;
}

interface RpcTypedData {
  http?: RpcHttpRequest | RpcHttpResponse;
  bytes?: Uint8Array;
  string?: string;
}

export interface RpcHttpRequest {
  method: string;
  url: string;
  nullableHeaders: Record<string, Nullable<string>>;
  nullableQuery: Record<string, Nullable<string>>;
  nullableParams: Record<string, Nullable<string>>;
  body?: RpcTypedData;
}

/** Its cookies are left out: nothing here sets any. */
export interface RpcHttpResponse {
  statusCode: string;
  headers: Record<string, string>;
  body?: RpcTypedData | null;
}

export interface RpcTraceContext {
  traceParent: string;
  traceState: string;
}

interface BindingInfo {
  type: string;
  direction?: 'in' | 'out' | 'inout';
}

export interface FunctionMetadata {
  name: string;
  bindings: Record<string, BindingInfo>;
}

/** A function's handler, with the inputs first and the invocation's context last. */
export type FunctionCallback = (...inputsAndContext: unknown[]) => unknown;

export interface CoreInvocationContext {
  invocationId: string;
  request: {
    invocationId: string;
    functionId: string;
    inputData: { name: string; data: RpcTypedData }[];
    traceContext: RpcTraceContext;
  };
  metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: 'user' | 'system', message: string): void;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: { http?: RpcHttpResponse } | null }>;
}

export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export interface Disposable {
  dispose(): void;
}

export const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation'] as const;
export type HookName = (typeof hookNames)[number];
export type HookCallback = (context: object) => void | Promise<void>;
