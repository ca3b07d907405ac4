import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A server's key and certificate, PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Certificates for `localhost` and 127.0.0.1, made by openssl in `folder`. */
export interface Certificates {
  /** The authority that a person would name in `network.extraCertificateFiles`. */
  readonly authorityFile: string;
  readonly good: Identity;
  readonly expired: Identity;
  readonly future: Identity;
  readonly wrongName: Identity;
  readonly selfSigned: Identity;
  /** Of another authority, which nobody trusts. */
  readonly unknownAuthority: Identity;
}

export function makeCertificates(folder: string): Certificates {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const authority = (name: string) =>
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "30",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
    );
  authority("ours");
  authority("theirs");
  openssl("genrsa", "-out", "server.key", "2048");
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  function sign(name: string, options: { by: string; names?: string; from?: string; to?: string }): Identity {
    const { by, names = "DNS:localhost,IP:127.0.0.1", from = "20200101000000Z", to = "20990101000000Z" } = options;
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`);
    openssl("req", "-new", "-key", "server.key", "-subj", "/CN=archives", "-out", `${name}.csr`);
    writeFileSync(join(folder, "index.txt"), "");
    const settings = `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n`;
    writeFileSync(join(folder, "ca.cnf"), settings);
    openssl(
      "ca",
      "-batch",
      "-config",
      "ca.cnf",
      "-in",
      `${name}.csr`,
      "-cert",
      `${by}.pem`,
      "-keyfile",
      `${by}.key`,
      "-startdate",
      from,
      "-enddate",
      to,
      "-extfile",
      `${name}.ext`,
      "-notext",
      "-out",
      `${name}.pem`,
    );
    return { key: read("server.key"), cert: read(`${name}.pem`) };
  }
  openssl(
    "req",
    "-x509",
    "-key",
    "server.key",
    "-days",
    "30",
    "-subj",
    "/CN=localhost",
    "-addext",
    "subjectAltName=DNS:localhost,IP:127.0.0.1",
    "-out",
    "self.pem",
  );
  return {
    authorityFile: join(folder, "ours.pem"),
    good: sign("good", { by: "ours" }),
    expired: sign("expired", { by: "ours", to: "20210101000000Z" }),
    future: sign("future", { by: "ours", from: "20980101000000Z" }),
    wrongName: sign("wrong", { by: "ours", names: "DNS:other.example" }),
    selfSigned: { key: read("server.key"), cert: read("self.pem") },
    unknownAuthority: sign("unknown", { by: "theirs" }),
  };
}
