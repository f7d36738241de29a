/**
 * Spans of requests and steps. OpenTelemetry is loaded only when its environment variables ask for it; otherwise a request
 * gets its trace id and nothing more. Own spans at the edges of the steps: automatic instrumentation of HTTP costs two thirds
 * of the throughput.
 */
import type { Attributes, Span, Tracer } from '@opentelemetry/api'
import type { Trace } from '../../steps.ts'
import {
  newSpanId,
  newTraceId,
  type ParentContext,
  parseTraceparent,
  parseTracestate,
  printTraceparent,
} from './trace-context.ts'

export type { Attributes } from '@opentelemetry/api'

export interface Tracing {
  /** False when nobody listens: `observe` then only calls. */
  readonly on: boolean
  /** The trace of a request from its headers; opens the span of the request when tracing is on. */
  arrive(traceparent: string | undefined, tracestate: string | undefined): Trace
  /** Ends the span of a request. Status codes of 500 and above are errors of ours (semantic conventions for HTTP servers). */
  answered(trace: Trace, name: string, status: number, attributes: Attributes): void
  /**
   * Runs one step inside a span of its own. When tracing is off this is a call and nothing else: no promise, no object.
   * An error marks the span by its type alone, for its message may quote what must not leave the process.
   */
  observe<T>(trace: Trace, name: string, step: () => T, describe?: (result: Awaited<T>) => Attributes): T
  /** Headers for a request that follows from this one. */
  outgoing(trace: Trace): Readonly<Record<string, string>>
  /** Sends what is left; bounded by the time-outs of the exporter. */
  close(): Promise<void>
}

interface Passing {
  readonly sampled: boolean
  readonly state: string | undefined
}

/** What is known of traces beyond their ids, for as long as somebody holds the trace. */
const createPassing = () => {
  const passing = new WeakMap<Trace, Passing>()
  return {
    keep: (trace: Trace, parent: ParentContext, tracestate: string | undefined): void => {
      const state = parseTracestate(tracestate)
      if (parent.sampled || state !== undefined) passing.set(trace, { sampled: parent.sampled, state })
    },
    headers: (trace: Trace, sampled?: boolean): Readonly<Record<string, string>> => {
      const known = passing.get(trace)
      const traceparent = printTraceparent({
        traceId: trace.traceId,
        spanId: trace.spanId,
        sampled: sampled ?? known?.sampled ?? false,
      })
      return known?.state === undefined ? { traceparent } : { traceparent, tracestate: known.state }
    },
  }
}

/** Nobody listens. The parent's span id is passed on as it came: a span that is never sent would tear the trace apart. */
export const createSilentTracing = (): Tracing => {
  const passing = createPassing()
  return {
    on: false,
    arrive: (traceparent, tracestate) => {
      const parent = parseTraceparent(traceparent)
      if (parent === undefined) return { traceId: newTraceId(), spanId: newSpanId() }
      const trace = { traceId: parent.traceId, spanId: parent.spanId }
      passing.keep(trace, parent, tracestate)
      return trace
    },
    answered: () => undefined,
    observe: (_trace, _name, step) => step(),
    outgoing: (trace) => passing.headers(trace),
    close: async () => undefined,
  }
}

/** Whether the environment names somebody to send traces to. */
export const isTracingAskedFor = (environment: Readonly<Record<string, string | undefined>>): boolean => {
  const exporter = environment.OTEL_TRACES_EXPORTER?.trim()
  if (environment.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true' || exporter === 'none') return false
  return [exporter, environment.OTEL_EXPORTER_OTLP_ENDPOINT, environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT].some(
    (value) => value !== undefined && value.trim() !== '',
  )
}

/** Tracing as the standard variables of OpenTelemetry in the environment of this process say it; at most once a process. */
export const startTracing = async (version: string): Promise<Tracing> => {
  if (!isTracingAskedFor(process.env)) return createSilentTracing()
  const [api, sdk] = await Promise.all([import('@opentelemetry/api'), import('./open-telemetry.ts')])
  const stop = sdk.startOpenTelemetry(version)
  return createSpanTracing(api, api.trace.getTracer('portvakt', version), stop)
}

type Api = typeof import('@opentelemetry/api')

const createSpanTracing = (api: Api, tracer: Tracer, stop: () => Promise<void>): Tracing => {
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, createTraceState, trace: spans } = api
  const passing = createPassing()
  const open = new WeakMap<Trace, Span>()

  const parentContext = (parent: ParentContext, tracestate: string | undefined) => {
    const state = parseTracestate(tracestate)
    return spans.setSpanContext(ROOT_CONTEXT, {
      traceId: parent.traceId,
      spanId: parent.spanId,
      traceFlags: parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      isRemote: true,
      ...(state === undefined ? {} : { traceState: createTraceState(state) }),
    })
  }
  const fail = (span: Span, error: unknown): void => {
    span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
    span.setStatus({ code: SpanStatusCode.ERROR })
  }

  return {
    on: true,
    arrive: (traceparent, tracestate) => {
      const parent = parseTraceparent(traceparent)
      const context = parent === undefined ? ROOT_CONTEXT : parentContext(parent, tracestate)
      const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, context)
      const { traceId, spanId } = span.spanContext()
      const trace = { traceId, spanId }
      if (parent !== undefined) passing.keep(trace, parent, tracestate)
      open.set(trace, span)
      return trace
    },
    answered: (trace, name, status, attributes) => {
      const span = open.get(trace)
      if (span === undefined) return
      open.delete(trace)
      span.updateName(name)
      span.setAttributes(attributes)
      span.setAttribute('http.response.status_code', status)
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    },
    observe: (trace, name, step, describe) => {
      const parent = open.get(trace)
      if (parent === undefined || !parent.isRecording()) return step()
      const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL }, spans.setSpan(ROOT_CONTEXT, parent))
      return settle(
        step,
        (result) => {
          if (describe !== undefined) span.setAttributes(describe(result))
          span.end()
        },
        (error) => {
          fail(span, error)
          span.end()
        },
      )
    },
    outgoing: (trace) => {
      const flags = open.get(trace)?.spanContext().traceFlags
      return passing.headers(trace, flags === undefined ? undefined : (flags & TraceFlags.SAMPLED) !== 0)
    },
    close: stop,
  }
}

/** Tells of the end of a call, whether it answers now or later. What it returns or throws passes through unchanged. */
export const settle = <T>(call: () => T, done: (result: Awaited<T>) => void, failed: (error: unknown) => void): T => {
  let result: T
  try {
    result = call()
  } catch (error) {
    failed(error)
    throw error
  }
  if (!(result instanceof Promise)) {
    done(result as Awaited<T>)
    return result
  }
  return result.then(
    (value: Awaited<T>) => {
      done(value)
      return value
    },
    (error: unknown) => {
      failed(error)
      throw error
    },
  ) as T
}
