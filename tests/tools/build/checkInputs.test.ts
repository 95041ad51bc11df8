import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../../tools/build/build.ts';

describe('a bundle', () => {
  it.each([
    'functions/orders/sandbox/startSandbox.ts',
    'shared/sandbox/sandboxServer.ts',
    'examples/orders/system.ts',
    'tools/sandboxes.ts',
    'functions/orders/starter.ts',
  ])('is not made with %s', input => {
    expect(() => checkInputs(['functions/index.ts', input])).toThrow(input);
  });

  it('is made with the app and its libraries, whatever folders those have', () => {
    checkInputs(['functions/index.ts', 'shared/action/invoke.ts', 'node_modules/x/tools/sandbox/index.js']);
  });
});
