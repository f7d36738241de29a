/**
 * Patterns with back-references, which no linear-time engine can match: a machine that goes back to its last choice,
 * with a bound on its steps. Choices are remembered in an array, so no input can exhaust the stack.
 */
import { type CharacterSet, contains } from './character-set.ts'
import type { Pattern } from './pattern.ts'

type Instruction =
  | { readonly do: 'set'; readonly set: CharacterSet }
  | { readonly do: 'start' | 'end' | 'match' }
  | { readonly do: 'reference'; readonly group: number }
  /** Tries `first`; comes back to `second` when that fails. */
  | { readonly do: 'split'; first: number; second: number }
  | { readonly do: 'jump'; readonly to: number }
  /** Remembers the position in a register. */
  | { readonly do: 'save'; readonly register: number }
  /** Fails when the position is still what the register holds: an empty round of a loop leads nowhere. */
  | { readonly do: 'progress'; readonly register: number }

interface Program {
  readonly instructions: readonly Instruction[]
  readonly registers: number
}

interface Building {
  readonly instructions: Instruction[]
  registers: number
}

const emitSplit = (building: Building): { first: number; second: number } => {
  const split: Instruction = { do: 'split', first: building.instructions.length + 1, second: 0 }
  building.instructions.push(split)
  return split
}

/** The branch not yet known leads here. */
const land = (building: Building, split: { first: number; second: number }, reluctant: boolean): void => {
  split.second = building.instructions.length
  if (reluctant) [split.first, split.second] = [split.second, split.first]
}

const emitLoop = (building: Building, part: Pattern, reluctant: boolean): void => {
  const register = building.registers++
  const start = building.instructions.length
  const split = emitSplit(building)
  building.instructions.push({ do: 'save', register })
  emit(building, part)
  building.instructions.push({ do: 'progress', register }, { do: 'jump', to: start })
  land(building, split, reluctant)
}

const emitRepeat = (building: Building, pattern: Pattern & { kind: 'repeat' }): void => {
  for (let count = 0; count < pattern.minimum; count++) emit(building, pattern.part)
  if (pattern.maximum === Number.POSITIVE_INFINITY) {
    emitLoop(building, pattern.part, pattern.reluctant)
    return
  }
  const splits = []
  for (let count = pattern.minimum; count < pattern.maximum; count++) {
    splits.push(emitSplit(building))
    emit(building, pattern.part)
  }
  for (const split of splits) land(building, split, pattern.reluctant)
}

const emitChoice = (building: Building, branches: readonly Pattern[]): void => {
  const [first, ...others] = branches
  if (first === undefined) return
  if (others.length === 0) {
    emit(building, first)
    return
  }
  const split = emitSplit(building)
  emit(building, first)
  const exit = building.instructions.length
  building.instructions.push({ do: 'jump', to: 0 })
  land(building, split, false)
  emitChoice(building, others)
  building.instructions[exit] = { do: 'jump', to: building.instructions.length }
}

function emit(building: Building, pattern: Pattern): void {
  switch (pattern.kind) {
    case 'set':
      building.instructions.push({ do: 'set', set: pattern.set })
      return
    case 'start':
    case 'end':
      building.instructions.push({ do: pattern.kind })
      return
    case 'reference':
      building.instructions.push({ do: 'reference', group: pattern.group })
      return
    case 'sequence':
      for (const part of pattern.parts) emit(building, part)
      return
    case 'choice':
      emitChoice(building, pattern.branches)
      return
    case 'repeat':
      emitRepeat(building, pattern)
      return
    case 'group':
      building.instructions.push({ do: 'save', register: pattern.index * 2 })
      emit(building, pattern.part)
      building.instructions.push({ do: 'save', register: pattern.index * 2 + 1 })
      return
  }
}

/** Registers 2n and 2n + 1 hold where group n begins and ends. */
export const buildProgram = (pattern: Pattern, groups: number): Program => {
  const building: Building = { instructions: [], registers: groups * 2 + 2 }
  emit(building, pattern)
  building.instructions.push({ do: 'match' })
  return building
}

/** Where the text that the group matched ends when it is repeated at `at`; -1 when it is not. A group without text is empty. */
const afterReference = (input: readonly number[], registers: Int32Array, group: number, at: number): number => {
  const begin = registers[group * 2] ?? -1
  const end = registers[group * 2 + 1] ?? -1
  if (begin < 0 || end < begin) return at
  for (let index = begin; index < end; index++) if (input[at + index - begin] !== input[index]) return -1
  return at + end - begin
}

/** Choices to come back to, as (program counter, position), and registers to restore, as (-1 - register, value). */
type Choices = number[]

const save = (registers: Int32Array, choices: Choices, register: number, at: number): void => {
  choices.push(-1 - register, registers[register] ?? -1)
  registers[register] = at
}

/** The next (program counter, position) to try, or undefined when no choice is left. */
const goBack = (registers: Int32Array, choices: Choices): readonly [number, number] | undefined => {
  while (choices.length > 0) {
    const value = choices.pop() ?? 0
    const counter = choices.pop() ?? 0
    if (counter >= 0) return [counter, value]
    registers[-1 - counter] = value
  }
  return undefined
}

/** Counts down the steps of a run; negative once they were too few. */
export interface Meter {
  left: number
}

/** Whether the pattern matches at any position; undefined when that takes more steps than there are. */
export const runProgram = (program: Program, text: string, meter: Meter): boolean | undefined => {
  const input = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const registers = new Int32Array(program.registers)
  for (let start = 0; start <= input.length; start++) {
    meter.left -= registers.length
    if (meter.left < 0) return undefined
    if (runAt(program, input, start, registers.fill(-1), meter)) return true
  }
  return meter.left < 0 ? undefined : false
}

/** False at the last step that there was, too. */
const runAt = (
  { instructions }: Program,
  input: readonly number[],
  start: number,
  registers: Int32Array,
  meter: Meter,
): boolean => {
  const choices: Choices = []
  let counter = 0
  let at = start
  while (--meter.left >= 0) {
    const instruction = instructions[counter++]
    if (instruction === undefined || instruction.do === 'match') return true
    let failed = false
    switch (instruction.do) {
      case 'set':
        failed = at >= input.length || !contains(instruction.set, input[at] ?? 0)
        at++
        break
      case 'start':
        failed = at !== 0
        break
      case 'end':
        failed = at !== input.length
        break
      case 'reference': {
        const from = at
        at = afterReference(input, registers, instruction.group, at)
        meter.left -= ((at < 0 ? input.length : at) - from) >> 4
        failed = at < 0
        break
      }
      case 'split':
        choices.push(instruction.second, at)
        counter = instruction.first
        break
      case 'jump':
        counter = instruction.to
        break
      case 'save':
        save(registers, choices, instruction.register, at)
        break
      case 'progress':
        failed = registers[instruction.register] === at
        break
    }
    if (!failed) continue
    const next = goBack(registers, choices)
    if (next === undefined) return false
    ;[counter, at] = next
  }
  return false
}
