/** How callers prove who they are: by the platform's function key, or by an Entra ID token that the platform checks. */
export type InboundAuth = 'key' | 'entra';

/**
 * Whether a system's callers sign in at its vendor: whether this setting is `caller`. Registration, which then lets the
 * platform ask for nothing, and the pipeline read it here, so that they cannot disagree.
 */
export function inCallerMode(setting: string | undefined, env: Readonly<Record<string, string | undefined>>): boolean {
  return setting !== undefined && setting !== 'app' && env[setting]?.trim().toLowerCase() === 'caller';
}

/**
 * Reads the setting INBOUND_AUTH. Both the registration of functions, which decides whether the platform asks for a key,
 * and the pipeline read it here, so that they cannot disagree.
 * @returns undefined for a value that is neither; the platform then asks for a key, and the pipeline refuses every call.
 */
export function readInboundAuth(value: string | undefined): InboundAuth | undefined {
  const text = value?.trim().toLowerCase() || 'key';
  return text === 'key' || text === 'entra' ? text : undefined;
}
