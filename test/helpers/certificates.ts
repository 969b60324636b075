import {
  type KeyObject,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";

/** Certificates for host names, by an authority that nobody knows but who is told of it. */
interface Authority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  /** A key and a certificate for one host name, both PEM. */
  issue(host: string): { key: string; cert: string };
}

/** DER, as much of it as certificates need (X.690): a tag, a length, and what is in it. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const octets = (...parts: Buffer[]) => der(0x04, ...parts);
const yes = der(0x01, Buffer.from([0xff]));

/** ecdsa-with-SHA256, commonName, basicConstraints and subjectAltName. */
const signing = sequence(oid("2a8648ce3d040302"));
const commonName = oid("550403");
const basicConstraints = oid("551d13");
const subjectAltName = oid("551d11");

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(text)))));
}

/** A moment as a UTCTime: two digits for the year. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/^..|\.\d+|[-:T]/g, "");
  return der(0x17, Buffer.from(digits));
}

const day = 86_400_000;

/** A certificate (RFC 5280, 4.1) that is good from yesterday until in a month. */
function certificate(
  issuer: { name: string; key: KeyObject },
  subject: { name: string; key: KeyObject },
  extension: Buffer,
): string {
  const now = Date.now();
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    signing,
    nameOf(issuer.name),
    sequence(time(now - day), time(now + 30 * day)),
    nameOf(subject.name),
    subject.key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  const signature = sign("sha256", content, issuer.key);
  const whole = sequence(content, signing, der(0x03, Buffer.from([0]), signature));
  return new X509Certificate(whole).toString();
}

/** Makes an authority. */
export function authority(name = "Authority of the tests"): Authority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = { name, key: own.privateKey };
  const isAuthority = sequence(basicConstraints, yes, octets(sequence(yes)));
  return {
    certificate: certificate(issuer, { name, key: own.publicKey }, isAuthority),
    issue(host) {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const forHost = sequence(subjectAltName, octets(sequence(der(0x82, Buffer.from(host)))));
      const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      return { key, cert: certificate(issuer, { name: host, key: pair.publicKey }, forHost) };
    },
  };
}
