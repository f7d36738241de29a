/** What every benchmark of the gateway is told. */
export interface BenchOptions {
  readonly seed: number
  /** Of each measurement. */
  readonly seconds: number
  /** How often everything is measured, in turn; medians are compared with the bars. */
  readonly repeats: number
  /** Bytes of a file. */
  readonly size: number
  /** Folder for profiles of the processor of the product. */
  readonly profile: string | undefined
}
