/** Readers and printers of every form that policies, requests and responses have outside of the engine. */
export { parsePolicy } from './parse-policy-xml.ts'
export { parseRequestJson } from './parse-request-json.ts'
export { parseRequestXml } from './parse-request-xml.ts'
