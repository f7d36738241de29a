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

  // Checking policies (src/xacml/checking).
  'XACML-TOO-DEEP': row('policy sets or expressions are nested deeper than the limit', 'nest less, or raise the limit'),
  'XACML-BAD-VERSION': row('a version or version pattern is not numbers with dots', 'write it like 1.0'),
  'XACML-DUPLICATE-ID': row('two rules of a policy, or two policies of one version, have the same id', 'rename one'),
  'XACML-POLICY-ISSUER': row('the policy has an issuer, and delegation is not supported', 'remove `PolicyIssuer`'),
  'XACML-COMBINER-PARAMETERS': row('combiner parameters are given, and no algorithm here takes any', 'remove them'),
  'XACML-XPATH-VERSION': row('the XPath version is not known', 'name XPath 1.0 or 2.0 by its identifier'),
  'XACML-UNKNOWN-ALGORITHM': row('the combining algorithm is not known', 'use one of appendix C of XACML 3.0'),
  'XACML-WRONG-ALGORITHM': row('a policy algorithm combines rules, or the other way round', 'use its counterpart'),
  'XACML-UNKNOWN-FUNCTION': row(
    'the function is not known',
    'use one of appendix A.3 of XACML 3.0; look at the version in its id',
  ),
  'XACML-DEPRECATED': row('the identifier is planned for deprecation', 'use the successor that is named'),
  'XACML-BAD-LITERAL': row('a literal is not a value of its data type', 'correct the text or the data type'),
  'XACML-DUPLICATE-VARIABLE': row('a policy defines a variable more than once', 'rename one'),
  'XACML-UNDEFINED-VARIABLE': row('the variable is not defined in this policy', 'define it there'),
  'XACML-VARIABLE-CYCLE': row('a variable depends on itself', 'break the cycle'),
  'XACML-WRONG-ARGUMENT-COUNT': row('a function has too many or too few arguments', 'give as many as it takes'),
  'XACML-WRONG-TYPE': row(
    'an expression has another type than its place needs, or is a bag where a value is due',
    'use the type that is named; take single values with a one-and-only function',
  ),
  'XACML-WRONG-MATCH-FUNCTION': row('the function of a match does not compare two values', 'use one that does'),
  'XACML-MISSING-FUNCTION': row('a higher-order function is not given a function first', 'add a `Function` element'),
  'XACML-MISPLACED-FUNCTION': row('a function stands where a value is due', 'apply it with `Apply`'),
  'XACML-BAD-PATTERN': row('a regular expression cannot be used', 'keep to the patterns of XPath 2.0 fn:matches'),
  'XACML-BAD-PATH': row('a path cannot be used', 'keep to XPath 1.0, and declare its prefixes where it is written'),
  'XACML-UNRESOLVED-REFERENCE': row('no policy of an accepted version is known', 'add it, or correct id and version'),
  'XACML-REFERENCE-CYCLE': row('a policy set contains itself by way of references', 'break the cycle'),
  'XACML-RULE-NEVER-APPLIES': row('the condition of a rule is always false', 'remove the rule or correct it'),
  'XACML-RULE-SHADOWED': row('a rule before this one always decides', 'move it up or remove it'),

  // Cases of policies (src/xacml/testing).
  'XACML-BAD-CASES': row('a file of cases is not as its format says', 'correct the member that is named'),
} as const satisfies Readonly<Record<string, ProblemCode>>
