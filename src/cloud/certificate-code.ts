/** Whether the code is OpenSSL's or Node's for a certificate that was refused; waiting does not mend that. */
export function isCertificateCode(code: string): boolean {
  return /CERT|UNABLE_TO_|SELF_SIGNED|^ERR_TLS|^EPROTO$/.test(code);
}
