import type { DataType } from './row.ts'
import { collapseWhiteSpace } from './white-space.ts'

/** After the scheme, if any: no colon before the first slash, brackets around an address only, at most one fragment. */
const reference =
  /^(?:[a-z][a-z0-9+.-]*:|(?![^/?#]*:))(?:\/\/[^/?#[\]]*(?:\[[0-9a-f:.]+\][^/?#[\]]*)?(?![^/?#]))?[^?#[\]]*(?:\?[^#]*)?(?:#[^#]*)?$/i

/**
 * Whether a string is a URI reference by XML Schema 1.0 (part 2, section 3.2.17): one of RFC 2396 and 2732 once what XLink
 * has escaped (spaces, letters beyond ASCII and the like) is escaped. The functions that make a URI of a string ask for
 * it (section A.3.9); values that are written as URIs are taken as they come.
 */
export const isURIReference = (text: string): boolean => !/%(?![0-9a-f]{2})/i.test(text) && reference.test(text)

/**
 * Every string is an anyURI (XML Schema 1.1 part 2, section 3.3.17), relative references included, and A.3.1 compares
 * code points: `HTTP://a/` is not `http://a`.
 */
export const anyURI: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#anyURI',
  name: 'anyURI',
  parse: collapseWhiteSpace,
  print: (value) => value as string,
  equal: (a, b) => a === b,
  key: (value) => value as string,
}
