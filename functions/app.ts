import { createBackend } from '../shared/action/backend.ts';
import { actionHandler } from '../shared/action/http.ts';
import { readiness } from './endpoints/health.ts';

const backend = createBackend(process.env);

export const callAction = actionHandler(backend.invoke);
export { health } from './endpoints/health.ts';
export const ready = readiness(backend);
