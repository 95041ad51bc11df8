/** How callers prove who they are: by the platform's function key, or by an Entra ID token that the platform checks. */
export type InboundAuth = 'key' | 'entra';

/** A system that stands for a vendor's, as far as it is known before it is loaded. */
export interface Vendor {
  system: string;
  /** The settings that it cannot do without; it is configured where one of them is set, or there is none. */
  needs: readonly string[];
  /** The setting that may say that its callers sign in at the vendor. */
  callersSignIn?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether a system's callers sign in at its vendor: whether this setting is `caller`. Registration, which then lets the
 * platform ask for nothing, and the pipeline read it here, so that they cannot disagree.
 */
export function inCallerMode(setting: string | undefined, env: Env): boolean {
  return setting !== undefined && setting !== 'app' && env[setting]?.trim().toLowerCase() === 'caller';
}

/**
 * The system whose vendor all callers of the app sign in at, because no other one is configured: it has the whole app then.
 * @returns undefined where there is none such
 */
export function soleSignIn(vendors: readonly Vendor[], env: Env): string | undefined {
  const configured = vendors.filter(({ needs }) => needs.length === 0 || needs.some(name => env[name]?.trim()));
  const [only] = configured;
  return configured.length === 1 && inCallerMode(only?.callersSignIn, env) ? only?.system : undefined;
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
