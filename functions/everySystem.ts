import type { System } from '../shared/action/defineSystem.ts';
import * as declared from './systems.ts';

/** Every system of the app. */
export const systems: readonly System[] = Object.values(declared);
