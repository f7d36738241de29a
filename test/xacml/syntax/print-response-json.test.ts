import { describe, expect, test } from 'vitest'
import type { Response } from '../../../src/xacml/model/response.ts'
import {
  parseResponseJson,
  parseResponseXml,
  printResponseJson,
  printResponseXml,
} from '../../../src/xacml/syntax/index.ts'
import { comparable } from './models.ts'
import { caseFiles, casesAreAbsent, readCase } from './shared-material.ts'

const integer = 'http://www.w3.org/2001/XMLSchema#integer'
const ok = 'urn:oasis:names:tc:xacml:1.0:status:ok'

const response: Response = {
  results: [
    {
      decision: 'Permit',
      status: { codes: [ok, 'urn:inner'], message: 'fine' },
      obligations: [
        {
          id: 'urn:altinn:obligation:authenticationLevel1',
          assignments: [
            { attributeId: 'a', category: 'urn:altinn:minimum-authenticationlevel', dataType: integer, value: 3n },
            { attributeId: 'b', dataType: integer, value: 9007199254740993n },
          ],
        },
      ],
      advice: [{ id: 'urn:advice', assignments: [] }],
      attributes: [
        {
          category: 'urn:c',
          attributes: [
            {
              id: 'd',
              includeInResult: true,
              values: [
                { dataType: integer, value: 1n },
                { dataType: integer, value: 2n },
              ],
            },
          ],
        },
      ],
    },
  ],
}

describe('responses as JSON', () => {
  test('the profile: numbers are numbers, but for those that would lose digits', () => {
    expect(JSON.parse(printResponseJson(response))).toEqual({
      Response: [
        {
          Decision: 'Permit',
          Status: { StatusMessage: 'fine', StatusCode: { Value: ok, StatusCode: { Value: 'urn:inner' } } },
          Obligations: [
            {
              Id: 'urn:altinn:obligation:authenticationLevel1',
              AttributeAssignment: [
                { AttributeId: 'a', Value: 3, Category: 'urn:altinn:minimum-authenticationlevel', DataType: integer },
                { AttributeId: 'b', Value: '9007199254740993', DataType: integer },
              ],
            },
          ],
          AssociatedAdvice: [{ Id: 'urn:advice', AttributeAssignment: [] }],
          Category: [
            {
              CategoryId: 'urn:c',
              Attribute: [{ AttributeId: 'd', DataType: integer, IncludeInResult: true, Value: [1, 2] }],
            },
          ],
        },
      ],
    })
  })

  test('Altinn: camel case, its own two names, every value a string', () => {
    const attribute = { attributeId: 'd', dataType: integer, includeInResult: true }
    expect(JSON.parse(printResponseJson(response, 'altinn'))).toEqual({
      response: [
        {
          decision: 'Permit',
          status: { statusMessage: 'fine', statusCode: { value: ok, statusCode: { value: 'urn:inner' } } },
          obligations: [
            {
              id: 'urn:altinn:obligation:authenticationLevel1',
              attributeAssignment: [
                { attributeId: 'a', value: '3', category: 'urn:altinn:minimum-authenticationlevel', dataType: integer },
                { attributeId: 'b', value: '9007199254740993', dataType: integer },
              ],
            },
          ],
          associateAdvice: [{ id: 'urn:advice', attributeAssignment: [] }],
          category: [
            {
              categoryId: 'urn:c',
              attribute: [
                { ...attribute, value: '1' },
                { ...attribute, value: '2' },
              ],
            },
          ],
        },
      ],
    })
  })

  test("Altinn's spelling is read as well", () => {
    const read = parseResponseJson(printResponseJson(response, 'altinn'))
    expect(read).toMatchObject({
      ok: true,
      value: { results: [{ decision: 'Permit', advice: [{ id: 'urn:advice' }] }] },
    })
  })
})

describe('responses as XML', () => {
  test('content in no namespace does not slip into that of XACML', () => {
    const content = { xml: '<a/>', namespaces: {} }
    const result = { ...response.results[0]!, attributes: [{ category: 'urn:c', content, attributes: [] }] }
    expect(printResponseXml({ results: [result] })).toContain('<Content><a xmlns=""/></Content>')
  })

  test('a result without status is ok', () => {
    const text =
      '<Response xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"><Result><Decision>Deny</Decision></Result></Response>'
    expect(parseResponseXml(text)).toMatchObject({
      ok: true,
      value: { results: [{ decision: 'Deny', status: { codes: [ok] } }] },
    })
  })

  test.skipIf(casesAreAbsent)(`the conformance cases are read${casesAreAbsent ? ` (${casesAreAbsent})` : ''}`, () => {
    const xml = caseFiles('/Response.xml')
    expect(xml.filter((path) => !parseResponseXml(readCase(path)).ok)).toEqual([])
    const json = caseFiles('/Response.json').filter((path) => !path.startsWith('json-profile-syntax/'))
    expect(json.filter((path) => !parseResponseJson(readCase(path)).ok)).toEqual([])
    for (const path of xml) {
      const first = parseResponseXml(readCase(path))
      const again = first.ok && parseResponseXml(printResponseXml(first.value))
      expect(comparable(again), path).toEqual(comparable(first))
    }
  })
})
