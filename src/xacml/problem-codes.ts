/** Every problem code of the engine. A code keeps its meaning for ever; a test holds this table and the code together. */

export interface ProblemCode {
  /** What is wrong. */
  readonly means: string
  /** What its author can do. */
  readonly remedy: string
}

const row = (means: string, remedy: string): ProblemCode => ({ means, remedy })

export const problemCodes = {
  // Reading XML (src/xacml/syntax/xml).
  'XML-NOT-WELL-FORMED': row('the text is not a well-formed XML 1.0 document', 'correct the place that is named'),
  'XML-NAMESPACE': row(
    'a prefix is not declared, declared wrongly, or two attributes are the same once prefixes are resolved',
    'declare each prefix on the element that uses it or on one around it',
  ),
  'XML-DOCTYPE': row('the document has a DOCTYPE', 'remove it; write its entities out'),
  'XML-UNSUPPORTED-ENCODING': row(
    'the declared encoding is not supported',
    'send UTF-8 and declare it, or declare none',
  ),
  'XML-TOO-LARGE': row('the document is larger than the limit', 'make it smaller, or raise the limit'),
  'XML-TOO-DEEP': row('elements are nested deeper than the limit', 'nest less, or raise the limit'),
  'XML-READERS-DISAGREE': row(
    'two independent readings of the document differ, so nobody can say what it means',
    'send the document to the maintainers, and write it in a simpler way until then',
  ),

  // Reading JSON (src/xacml/syntax/json).
  'JSON-NOT-WELL-FORMED': row('the text is not JSON', 'correct the place that is named'),
  'JSON-DUPLICATE-MEMBER': row('a member stands twice in one object, perhaps in two spellings', 'keep one of them'),
  'JSON-TOO-LARGE': row('the document is larger than the limit', 'make it smaller, or raise the limit'),
  'JSON-TOO-DEEP': row('arrays and objects are nested deeper than the limit', 'nest less, or raise the limit'),

  // The schema of XACML 3.0 (src/xacml/syntax/check-shape.ts).
  'XACML-WRONG-ROOT': row(
    'the document is not of the expected kind',
    'send the element that is named, in its namespace',
  ),
  'XACML-UNEXPECTED-ELEMENT': row(
    'an element is unknown, stands too often, or stands out of order',
    'keep to the order that the schema gives',
  ),
  'XACML-MISSING-ELEMENT': row('a required element is missing', 'add it at its place in the order'),
  'XACML-UNEXPECTED-CONTENT': row('text or white space stands where the schema allows none', 'remove it'),
  'XACML-BAD-TEXT': row('the text of an element is not one that the schema allows', 'use a value that is named'),
  'XACML-UNKNOWN-ATTRIBUTE': row('the element has no attribute of this name', 'remove it or correct its spelling'),
  'XACML-MISSING-ATTRIBUTE': row('a required attribute is missing', 'add it'),
  'XACML-BAD-ATTRIBUTE': row('an attribute has a value that the schema does not allow', 'use a value that is named'),
  'XACML-DUPLICATE-XML-ID': row(
    'two elements of one document have the same `xml:id`, or two categories the same `Id`',
    'give each an id of its own',
  ),
  'XACML-TOO-MANY-ELEMENTS': row(
    'the document has more rules, policies and policy sets than the limit',
    'split it, or raise the limit',
  ),

  // Values in policies, requests and responses.
  'XACML-VALUE-WITH-ELEMENTS': row(
    'a value holds XML elements, which no data type of the standard does',
    'escape the markup, if the text of it is meant',
  ),
  'XACML-UNKNOWN-DATA-TYPE': row('the data type is not known', 'use one of the data types of XACML 3.0'),
  'XACML-BAD-VALUE': row('the text is not a value of its data type', 'correct the value or its data type'),

  // The JSON profile (src/xacml/syntax/json).
  'XACML-JSON-TYPE': row(
    'a member has the wrong JSON type, or its data type cannot be inferred',
    'use the type that is named',
  ),
  'XACML-JSON-UNKNOWN-MEMBER': row('the object has no member of this name', 'remove it or correct its spelling'),
  'XACML-JSON-MISSING-MEMBER': row('a required member is missing', 'add it'),
  'XACML-JSON-MIXED-VALUES': row(
    'values of different types stand in one array without a data type',
    'give `DataType`, or write one attribute for each type',
  ),
  'XACML-JSON-CONTENT': row('`Content` is neither XML nor Base64 of XML', 'send XML text, escaped as a JSON string'),
} as const satisfies Readonly<Record<string, ProblemCode>>
