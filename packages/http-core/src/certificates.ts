/** Certificate authorities trusted besides Node's own bundle and `NODE_EXTRA_CA_CERTS`. */
export interface CertificateSettings {
  /** PEM files, for instance a company's root. */
  extraFiles?: readonly string[] | undefined;
  /** PEM texts. */
  extraPem?: readonly string[] | undefined;
  /** Trust what the operating system trusts, where this Node can ask it. Default true. */
  system?: boolean | undefined;
}
