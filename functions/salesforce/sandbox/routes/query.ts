import { soqlRefusal } from '../errors.ts';
import { type ApiAnswer, type ApiCall, ok, type Route, route, scopeOf } from '../router.ts';
import { runQuery } from '../soql.ts';

export const queryRoutes: Route[] = [
  route('GET', 'query', call => answer(call, false)),
  // Deleted records, too.
  route('GET', 'queryAll', call => answer(call, true)),
  route('GET', 'query/{locator}', ({ pages, params, base }) => ok(pages.next(params.locator ?? '', base))),
];

function answer(call: ApiCall, withDeleted: boolean): ApiAnswer {
  const soql = call.query.get('q') ?? '';
  if (soql.trim() === '') throw soqlRefusal('MALFORMED_QUERY', soql, '', "unexpected token: '<EOF>'");
  const result = runQuery({ ...scopeOf(call, soql), withDeleted });
  return ok(call.pages.first(result, call.base, call.headers['sforce-query-options']));
}
