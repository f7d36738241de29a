import { describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import { parsePath } from '../../../src/xacml/xpath/path.ts'

const namespaces = {
  d: 'urn:doc',
  fn: 'http://www.w3.org/2005/xpath-functions',
  evil: 'http://fontoxml.com/fontoxpath',
}

describe('accepted, with the power of the document size that it may cost', () => {
  test.each([
    ['/d:doc/d:owner/text()', 1],
    ['//d:doc', 1],
    ['//d:record/d:patient/d:name/text()', 1],
    ['//d:a[@x = "1"]/d:b[2]', 1],
    ['//d:a[d:b = "x"]', 1],
    ['//d:a[@x = @y]', 1],
    ['//d:a//d:b', 1.5],
    ['//d:a | //d:b', 1.5],
    ['//d:a[.//d:b]', 2],
    ['//d:a[count(//d:b) > 1]', 2],
    ['/d:a[//d:b]', 2],
    ['/d:a/d:b[count(../d:b) > 3]', 2],
    ['//d:a[. = //d:b]', 2],
    ['/d:a/d:b = /d:a/d:b', 2],
    ['//d:a[.//d:b[//d:c]]', 3],
    ['/d:a/*[/d:a/*[/d:a/*]]', 3],
    ['/d:a/d:b/preceding-sibling::d:b', 3],
    ['/d:a/following::d:b', 4],
    ['//d:a/..', 1],
    ['(//d:a)[1]', 1],
    ['string(count(//d:owner))', 1],
    ['fn:count(d:a)', 1],
    ['.', 1],
    ['../@d:x', 1],
    ['*[local-name() = "a"]', 1],
  ])('%s: %d', (text, degree) => {
    expect(parsePath(text, namespaces, defaultLimits)).toMatchObject({ text, degree })
  })
})

describe('refused, saying why', () => {
  test.each([
    ['//[', 'is not an XPath'],
    ['', 'is not an XPath'],
    ['//x:a', 'prefix `x` is not declared'],
    ['//x:*', 'prefix `x` is not declared'],
    ['//a[x:f()]', 'prefix `x` is not declared'],
    ['$secret', 'variables are not known'],
    ['1 to 1000000000', '`rangeSequenceExpr` is not allowed'],
    ['for $i in //a return $i', '`flworExpr` is not allowed'],
    ['some $x in //a satisfies $x', '`quantifiedExpr` is not allowed'],
    ['function($a) { $a }(1)', 'is not allowed'],
    ['//a ! //b', '`simpleMapExpr` is not allowed'],
    ['map { "a": 1 }', 'is not allowed'],
    ['count#1', '`namedFunctionRef` is not allowed'],
    ['doc("http://example.org")', 'function `doc` is not allowed'],
    ['document("x")', 'function `document` is not allowed'],
    ['unparsed-text("x")', 'function `unparsed-text` is not allowed'],
    ['matches(., "(a+)+$")', 'function `matches` is not allowed'],
    ['evil:version()', 'function `version` is not allowed'],
    ['Q{http://fontoxml.com/fontoxpath}version()', 'function `version` is not allowed'],
    ['a => evil:version()', '`arrowExpr` is not allowed'],
    [`//${'a/'.repeat(600)}a`, 'longer than the limit'],
  ])('%s', (text, reason) => {
    expect(parsePath(text, namespaces, defaultLimits)).toContain(reason)
  })
})
