/** How guard knows agents: tokens of an OIDC issuer, tokens that guard minted itself, or not at all. */
export type IdentitySettings =
  | ({
      readonly mode: 'oidc';
      readonly issuer: string;
      /** The address of the issuer's keys; undefined where discovery tells it. */
      readonly jwksUri: string | undefined;
    } & TokenSettings)
  | ({ readonly mode: 'dev'; readonly secret: string } & TokenSettings)
  | {
      readonly mode: 'anonymous';
      /** Whether that may be so where other machines can connect. */
      readonly anywhere: boolean;
    };

/** What is asked of a token, whoever made it. */
export interface TokenSettings {
  /** A token must be made for one of these. */
  readonly audiences: readonly string[];
  readonly agentClaim: string;
  /** Scopes that every token needs. */
  readonly requiredScopes: readonly string[];
  /** Scopes that the metadata names. */
  readonly scopesSupported: readonly string[];
}

/** Where agents reach guard. */
export interface PublicAddress {
  /** The base that agents know, where it is not the address below; without a slash at its end. */
  readonly publicUrl: string | undefined;
  readonly host: string;
  readonly port: number;
}
