/**
 * Runs a folder of conformance cases: `run.ts DIR [--suite NAME]… [--case TEXT]… [--disputed]`. `--suite` and `--case` pick
 * by suite and by part of the id; `--disputed` shows how the cases that are not scored came out.
 */
import { parseArgs } from 'node:util'
import { type ConformanceCase, loadManifest } from './manifest.ts'
import { judge, type Verdict } from './run-suite.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string', multiple: true },
    case: { type: 'string', multiple: true },
    disputed: { type: 'boolean', default: false },
  },
})
const [folder] = positionals
if (folder === undefined) {
  console.error('usage: npm run conformance -- DIR [--suite NAME] [--case TEXT] [--disputed]')
  process.exit(2)
}

const isPicked = ({ suite, id }: ConformanceCase): boolean =>
  (options.suite === undefined || options.suite.includes(suite)) &&
  (options.case === undefined || options.case.some((text) => id.includes(text)))

const verdicts = casesOf(folder)
  .filter(isPicked)
  .map((one) => judge(folder, one))

for (const verdict of verdicts) if (isShown(verdict)) show(verdict)
const count = (kind: Verdict['kind']) => verdicts.filter((verdict) => verdict.kind === kind).length
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
process.exitCode = count('failed') === 0 && verdicts.length > 0 ? 0 : 1

function casesOf(from: string): readonly ConformanceCase[] {
  try {
    return loadManifest(from)
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}

function isShown({ kind }: Verdict): boolean {
  return kind === 'failed' || (kind === 'skipped' && options.disputed)
}

function show({ one, kind, reason, mismatches }: Verdict): void {
  const agrees = kind === 'skipped' && mismatches.length === 0 ? ' (as expected all the same)' : ''
  console.log(`${kind} ${one.id}: ${one.title}${reason === undefined ? '' : `\n  ${reason}${agrees}`}`)
  for (const { where, expected, actual } of mismatches) {
    console.log(`  ${where}\n    expected ${indent(expected)}\n    actual   ${indent(actual)}`)
  }
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n             ')
}
