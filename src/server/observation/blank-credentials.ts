/** The last guard of the log: whatever looks like a credential is blanked, wherever in a line it stands. */
const secretNames =
  '(?:proxy-)?authorization|(?:set-)?cookie|(?:access_|refresh_|id_)?token|password|passphrase|(?:client_)?secret|private_?key|body'

const text = '"(?:[^"\\\\]|\\\\.)*"'

const patterns: readonly (readonly [RegExp, string])[] = [
  // the value of a field with such a name: text, or a list of texts
  [new RegExp(`"(${secretNames})":(?:${text}|\\[(?:${text},?)*\\])`, 'gi'), '"$1":"[redacted]"'],
  // a JWT, whole or cut off: the header of each begins with {" in base64url
  [/\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}/g, '[token]'],
  [/\b(bearer|basic|dpop) +[A-Za-z0-9._~+/=-]{12,}/gi, '$1 [token]'],
  // user and password of an address
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/"@\\]+@/gi, '$1[secret]@'],
  // signature of a storage address
  [/([?&](?:sig|signature|x-amz-signature|access_token|token)=)[^&"\s\\]+/gi, '$1[secret]'],
]

/** Leaves a line of JSON a line of JSON: but for the first, which takes whole values, no pattern takes a quote or a backslash. */
export const blankCredentials = (line: string): string =>
  patterns.reduce((text, [pattern, blank]) => text.replace(pattern, blank), line)
