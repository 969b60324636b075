declare module "@digitalbazaar/eddsa-jcs-2022-cryptosuite" {
  /** Data integrity proofs, without what finds keys and contexts. */
  interface Cryptosuite {
    name: string;
    createVerifyData(of: {
      cryptosuite: Cryptosuite;
      document: object;
      proof: object;
    }): Promise<Uint8Array>;
    createVerifier(of: { verificationMethod: object }): Promise<{
      verify(of: { data: Uint8Array; signature: Uint8Array }): Promise<boolean>;
    }>;
  }

  export function createSignCryptosuite(): Cryptosuite;
  export function createVerifyCryptosuite(): Cryptosuite;
}
