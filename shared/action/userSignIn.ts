/**
 * How the users of a system sign in at its vendor: OAuth 2.0 with an authorization code. A connector is told it, signs its
 * user in, and sends the vendor's token, which a system whose `callersSignIn` says so passes on. It is the export
 * `userSignIn` of `functions/<system>/userSignIn.ts`, which tools load by that name and the app never.
 */
export interface UserSignIn {
  /** Whose consent screen users see. */
  vendor: string;
  /** The app that an administrator registers there for a connector. */
  app: {
    /** What the vendor calls it. */
    kind: string;
    /** Where it is registered. */
    console: string;
    /** Where its scopes and its redirect URL are entered there. */
    scopesAt: string;
    redirectUrlAt: string;
    /** Scopes that are asked for and not entered there. */
    unlistedScopes: readonly string[];
    /** How many redirect URLs one app takes; each connector has one of its own. */
    redirectUrls: 'one' | 'several';
  };
  /** The origin of its authorization server: one for everybody, or that of each organisation. */
  server: string | OwnServer;
  /** Of the server: where users are sent to sign in, and where tokens are issued and renewed. */
  paths: { authorize: string; token: string };
  /** What an authorization request must say beside what the standard has in it. */
  query: Readonly<Record<string, string>>;
  /**
   * The scopes that a token needs whatever it is used for, such as to be renewed and to tell whose it is, and what they open.
   * The others are those that actions need.
   */
  scopes: Readonly<Record<string, string>>;
}

/** An authorization server that each organisation has at an address of its own. */
interface OwnServer {
  /** The setting that tells the app its address. */
  setting: string;
  sample: string;
  /** What is wrong with this host as an organisation's own, if anything, and the cure. */
  refusal(host: string): string | undefined;
}
