import type { Client } from 'jira.js/core';
import * as z from 'zod';
import type { Guard } from './guard.ts';

export type Options = Parameters<Client['sendRequest']>[0];

export interface Exchange {
  options: Options;
  /** What the path's groups matched. */
  parts: string[];
  /** Sends a request with the account of the service, whose answer may tell what the caller must not see. */
  send(options: Options): Promise<unknown>;
}

/** How requests of one route are kept within what the caller's account may see and do. */
export interface Rule {
  method: string;
  path: RegExp;
  handle(exchange: Exchange, guard: Guard): Promise<unknown>;
}

/** What an issue is called in a path. */
export const issueName = '([\\w-]+)';

export function rule(method: string, path: string, handle: Rule['handle']): Rule {
  return { method, path: new RegExp(`^/rest/api/3${path}$`), handle };
}

export function agileRule(method: string, path: string, handle: Rule['handle']): Rule {
  return { method, path: new RegExp(`^/rest/agile/1\\.0${path}$`), handle };
}

export function bodyOf({ body }: Options): Record<string, unknown> {
  return z.looseObject({}).parse(body ?? {});
}

/** The same request, for the issue with this key. */
export function ofIssue(options: Options, key: string): Options {
  return { ...options, url: options.url.replace(/(\/issue\/)[^/]+/, `$1${key}`) };
}
