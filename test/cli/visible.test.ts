/** What a terminal is shown of characters that cannot be seen. */
import { expect, test } from 'vitest'
import { visible, visibleLine, visibleXml } from '../../src/cli/visible.ts'

const cases: [what: string, text: string, shown: string, onOneLine: string, asXml: string][] = [
  ['text', 'Blåbær «søt» 漢字 😀 e\u0301', ...same('Blåbær «søt» 漢字 😀 e\u0301')],
  ['ends of lines', 'a\tb\r\nc\n', 'a\tb\r\nc\n', 'a\\u0009b\\u000d\\u000ac\\u000a', 'a\tb\r\nc\n'],
  ['a return that writes over the line', 'a\rb', 'a\\u000db', 'a\\u000db', 'a&#xd;b'],
  [
    'ESC and its one-character form',
    '\u001b[2J\u009b2J',
    '\\u001b[2J\\u009b2J',
    '\\u001b[2J\\u009b2J',
    '&#x1b;[2J&#x9b;2J',
  ],
  ['text turned around', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c', 'a\\u202eb\\u2066c', 'a&#x202e;b&#x2066;c'],
  ['a tag of two units', '\u{e0001}', '\\udb40\\udc01', '\\udb40\\udc01', '&#xe0001;'],
]

function same(text: string): [string, string, string] {
  return [text, text, text]
}

test.each(cases)('%s', (_, text, shown, onOneLine, asXml) => {
  expect(visible(text)).toBe(shown)
  expect(visibleLine(text)).toBe(onOneLine)
  expect(visibleXml(text)).toBe(asXml)
})

test('JSON stays the same JSON', () => {
  const value = { 'a\u009b': ['\u202e', '\u{e0001}', '\u007f', '\ud800', '\n'] }
  expect(JSON.parse(visible(JSON.stringify(value, null, 2)))).toEqual(value)
})
