import { showStatus } from '../represent.ts';
import { type Route, route } from '../router.ts';

export const statusRoutes: Route[] = [
  route('GET', 'status', call => ({ json: call.site.statuses.map(status => showStatus(call, status)) })),
];
