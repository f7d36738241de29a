/** The eight categories that have a short name: JSON profile 1.1, section 3.1. */

export const categoryShorthands = [
  ['AccessSubject', 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'],
  ['RecipientSubject', 'urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject'],
  ['IntermediarySubject', 'urn:oasis:names:tc:xacml:1.0:subject-category:intermediary-subject'],
  ['Codebase', 'urn:oasis:names:tc:xacml:1.0:subject-category:codebase'],
  ['RequestingMachine', 'urn:oasis:names:tc:xacml:1.0:subject-category:requesting-machine'],
  ['Resource', 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'],
  ['Action', 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'],
  ['Environment', 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment'],
] as const

const byName = new Map<string, string>(categoryShorthands)

/** The URI of a short name; anything else is a URI already. */
export const categoryOf = (written: string): string => byName.get(written) ?? written
