import { build } from '../../tools/build/build.ts';

/** Builds dist/ before the first test: what is tested is what is deployed. */
export default function setup(): Promise<void> {
  return build();
}
