/** The package's entry for programs: the XACML engine, nothing of the gateway. */
export * from './xacml/index.ts'
