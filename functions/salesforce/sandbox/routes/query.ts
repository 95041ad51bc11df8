import { soqlRefusal } from '../errors.ts';
import { ok, type Route, route, scopeOf } from '../router.ts';
import { runQuery } from '../soql.ts';

export const queryRoutes: Route[] = [
  route('GET', 'query', call => {
    const soql = call.query.get('q') ?? '';
    if (soql.trim() === '') throw soqlRefusal('MALFORMED_QUERY', soql, '', "unexpected token: '<EOF>'");
    return ok(call.pages.first(runQuery(scopeOf(call, soql)), call.base, call.headers['sforce-query-options']));
  }),
  route('GET', 'query/{locator}', ({ pages, params, base }) => ok(pages.next(params.locator ?? '', base))),
];
